//! Everything that a reply can be made from, as the fuzzer makes it up.

pub mod filter;

use arbitrary::{Arbitrary, Result, Unstructured};

/// One reply, and the buffer that it is written to.
///
/// The edits are last, so that they do not eat up the bytes of all else.
#[derive(Arbitrary, Debug)]
pub struct Case {
    pub room: Room,
    pub end: End,
    /// How reads and writes are cut.
    pub splits: Splits,
    pub request: Request,
    pub start: Start,
    pub edits: Vec<Edit>,
    /// Edits of the finished reply, if it is whole.
    pub late: Option<Late>,
}

#[derive(Arbitrary, Debug)]
pub struct Late {
    pub status: Option<Code>,
    pub join: Option<Draft>,
    pub edits: Vec<Edit>,
}

#[derive(Arbitrary, Debug)]
pub struct Request {
    pub method: Method,
    pub http_1_0: bool,
    /// The values of its `connection` lines.
    pub connection: Vec<Connection>,
    pub date: Option<Date>,
}

#[derive(Arbitrary, Debug)]
pub enum Method {
    Connect,
    Get,
    Head,
    Post,
    Raw(Text),
}

impl Method {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Connect => "CONNECT",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Raw(text) => &text.0,
        }
    }
}

/// A field value as a server would hand it on: without control characters.
#[derive(Debug)]
pub struct Connection(pub String);

impl<'a> Arbitrary<'a> for Connection {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let samples = [
            "close",
            "keep-alive",
            "Upgrade, CLOSE",
            "\tclose ,",
            "enclose",
        ];
        Ok(Self(match u.arbitrary()? {
            true => String::from(*u.choose(&samples)?),
            false => {
                let text: &str = u.arbitrary()?;
                text.replace(|char: char| char.is_ascii_control(), "")
            }
        }))
    }
}

#[derive(Arbitrary, Debug)]
pub enum Start {
    New(Code),
    To(Code),
    /// The head that is a constant of [`drive`](crate::drive).
    Head,
    Join(Code, Draft),
}

#[derive(Arbitrary, Debug)]
pub struct Draft {
    pub status: Option<Code>,
    pub edits: Vec<StoreEdit>,
}

/// A status code, more often one with rules of its own.
#[derive(Clone, Copy, Debug)]
pub struct Code(pub u16);

impl<'a> Arbitrary<'a> for Code {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const KNOWN: [u16; 12] = [100, 101, 199, 200, 201, 204, 205, 206, 299, 304, 307, 404];
        Ok(Self(match u.arbitrary()? {
            true => *u.choose(&KNOWN)?,
            false => u.int_in_range(100..=999)?,
        }))
    }
}

#[derive(Arbitrary, Debug)]
pub enum Edit {
    Header(Name, Value),
    /// A store of 64 bytes.
    SmallStore(Vec<StoreEdit>),
    /// A store of 512 bytes.
    LargeStore(Vec<StoreEdit>),
    Cookie(Cookie),
    MediaType(Text),
    Close,
}

#[derive(Arbitrary, Debug)]
pub enum StoreEdit {
    AddVary(Text),
    Append(Name, Value),
    Clear,
    Cookie(Cookie),
    Remove(Name),
    Set(Name, Value),
    SetDefault(Name, Value),
    Update(Vec<(Name, Text)>),
}

/// A field name, as a text or as a `HeaderName`.
#[derive(Debug)]
pub enum Name {
    Checked(&'static str),
    Text(String),
}

impl Name {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Checked(name) => name,
            Self::Text(name) => name,
        }
    }
}

impl<'a> Arbitrary<'a> for Name {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const CHECKED: [&str; 8] = [
            "age",
            "content-type",
            "date",
            "etag",
            "location",
            "set-cookie",
            "vary",
            "x-a",
        ];
        const TEXTS: [&str; 12] = [
            "Connection",
            "CONTENT-LENGTH",
            "Content-Type",
            "Date",
            "dates",
            "ETag",
            "Location",
            "Server",
            "Transfer-Encoding",
            "VARY",
            "X-A",
            "x-b",
        ];
        Ok(match u.int_in_range(0..=2)? {
            0 => Self::Checked(u.choose(&CHECKED)?),
            1 => Self::Text(String::from(*u.choose(&TEXTS)?)),
            _ => Self::Text(Text::arbitrary(u)?.0),
        })
    }
}

#[derive(Arbitrary, Debug)]
pub enum Value {
    Array([u8; 3]),
    Bytes(Bytes),
    Checked(Bytes),
    CheckedText(Text),
    Date(Date),
    I8(i8),
    I64(i64),
    Text(Text),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    Usize(usize),
}

/// Seconds since 1970, in the years that a date can have.
#[derive(Clone, Copy, Debug)]
pub struct Date(pub i64);

impl<'a> Arbitrary<'a> for Date {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(u.int_in_range(-62_167_219_200..=253_402_300_799)?))
    }
}

#[derive(Arbitrary, Debug)]
pub struct Cookie {
    pub quoting: bool,
    pub name: CookieName,
    pub value: Text,
    pub attributes: Vec<Attribute>,
}

#[derive(Debug)]
pub struct CookieName(pub String);

impl<'a> Arbitrary<'a> for CookieName {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const KNOWN: [&str; 12] = [
            "sid",
            "a:b",
            "Path",
            "partitioned",
            "__Host-a",
            "__host-b",
            "__Secure-a",
            "__SECURE-",
            "__Http-a",
            "__hTTP-",
            "__Host-Http-a",
            "__HOST-HTTP-",
        ];
        Ok(Self(match u.arbitrary()? {
            true => String::from(*u.choose(&KNOWN)?),
            false => Text::arbitrary(u)?.0,
        }))
    }
}

#[derive(Arbitrary, Debug)]
pub enum Attribute {
    AnySite,
    Deleting(Date),
    Domain(Text),
    Expires(Date),
    ExpiresIn(Date, i64),
    ExpiresText(Text),
    HttpOnly,
    MaxAge(i64),
    Partitioned,
    Path(Text),
    /// Ignored where the text is no `SameSite`.
    SameSite(Text),
    SameSiteKnown(Site),
    Secure,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Site {
    Lax,
    None,
    Strict,
}

#[derive(Arbitrary, Debug)]
pub enum End {
    Empty,
    Body(Bytes),
    Bytes(Text, Bytes),
    Text(Text),
    Html(Text),
    Json(Json),
    JsonByHand(Json),
    Redirect(Text),
    RedirectLocal(Text),
    Sized(Source),
    SizedExactly(Source),
    Stream(Bytes),
}

/// A body that a driver reads, and what is said of its length.
#[derive(Arbitrary, Debug)]
pub struct Source {
    pub body: Bytes,
    pub promise: Promise,
}

#[derive(Arbitrary, Debug)]
pub enum Promise {
    Any(u64),
    Less(u8),
    More(u8),
    Right,
}

impl Source {
    pub fn promised(&self) -> u64 {
        let len = self.body.0.len() as u64;
        match self.promise {
            Promise::Any(len) => len,
            Promise::Less(by) => len.saturating_sub(by.into()),
            Promise::More(by) => len + u64::from(by),
            Promise::Right => len,
        }
    }
}

/// A value as JSON. `Serialize` and `ToJson` write it alike but for [`Json::Literal`].
#[derive(Arbitrary, Clone, Debug)]
pub enum Json {
    Bool(bool),
    Bytes(Bytes),
    Char(char),
    /// So many arrays, one in the other, around an integer.
    Deep(u16),
    /// What displays itself in these fragments.
    Displayed(Vec<Text>),
    Double(f64),
    /// What does not know how many it gives.
    Iterator(Vec<Json>),
    List(Vec<Json>),
    /// A text that is a number, by hand; with `serde` a string.
    Literal(Text),
    Map(Vec<(Key, Json)>),
    Newtype(Box<Json>),
    Null,
    /// A value that refuses to be written.
    Refused,
    Signed(i64),
    Single(f32),
    Some(Box<Json>),
    Struct(Vec<(Label, Json)>),
    Text(Text),
    Tuple(Vec<Json>),
    UnitVariant(Label),
    Unsigned(u64),
    /// An enum's variant with one value, with two, and with a field `a`.
    Variant(Box<Json>),
    VariantPair(Box<(Json, Json)>),
    VariantStruct(Box<Json>),
    Wide(i128),
    WideUnsigned(u128),
}

/// A map's key; by hand all are texts.
#[derive(Arbitrary, Clone, Debug)]
pub enum Key {
    Bool(bool),
    Bytes(Bytes),
    Char(char),
    Double(f64),
    /// An array, which is no key.
    List,
    Null,
    Signed(i64),
    Single(f32),
    Text(Text),
    Unsigned(u64),
    Variant(Label),
    Wide(i128),
}

/// A name of a field or a variant, which is known when a program is compiled.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Label {
    Empty,
    Escaped,
    Long,
    Plain,
}

impl Label {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "",
            Self::Escaped => "a/\"b\"\n\u{1}\u{e9}",
            Self::Long => "a name that is longer than the shortest of the buffers, and then some",
            Self::Plain => "plain",
        }
    }
}

/// A text: one that means something, any, or a long one.
#[derive(Clone, Debug)]
pub struct Text(pub String);

impl<'a> Arbitrary<'a> for Text {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const KNOWN: [&str; 16] = [
            "",
            " a",
            "a\t",
            "a\r\nb: c",
            "a; Secure",
            "caf\u{e9}",
            "\u{20ac}",
            "text/plain",
            "text/html; Charset=latin1",
            "/a b",
            "//evil.example",
            "/\\evil.example",
            "https://a.example/%20\u{e9}",
            "none",
            "/",
            "a\"b\\c,d",
        ];
        Ok(Self(match u.int_in_range(0..=7)? {
            0 | 1 => String::from(*u.choose(&KNOWN)?),
            2 => {
                let piece: char = u.arbitrary()?;
                String::from(piece).repeat(u.int_in_range(0..=4200)?)
            }
            _ => u.arbitrary()?,
        }))
    }
}

/// Bytes: any, or many of one.
#[derive(Clone, Debug)]
pub struct Bytes(pub Vec<u8>);

impl<'a> Arbitrary<'a> for Bytes {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(match u.int_in_range(0..=3)? {
            0 => vec![u.arbitrary()?; u.int_in_range(0..=4200)?],
            _ => u.arbitrary()?,
        }))
    }
}

/// A value, and the buffers that it leaves through, over and over.
#[derive(Arbitrary, Debug)]
pub struct ValueCase {
    pub sizes: Splits,
    pub value: Json,
}

/// The most bytes of each read and write, over and over.
#[derive(Debug)]
pub struct Splits(pub Vec<u8>);

impl<'a> Arbitrary<'a> for Splits {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let len = u.int_in_range(0..=16)?;
        Ok(Self(u.bytes(len.min(u.len()))?.to_vec()))
    }
}

/// The length of the caller's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Room(pub usize);

impl<'a> Arbitrary<'a> for Room {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(u.int_in_range(0..=2048)?))
    }
}
