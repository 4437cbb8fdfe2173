//! The scalars of `serde`'s data model that most serializers treat alike.

/// Calls a macro with the methods of a serializer for booleans and integers, and with others after
/// them.
macro_rules! with_integers {
    ($make:ident! $($others:tt)*) => {
        $make! {
            serialize_bool(bool);
            serialize_i8(i8);
            serialize_i16(i16);
            serialize_i32(i32);
            serialize_i64(i64);
            serialize_i128(i128);
            serialize_u8(u8);
            serialize_u16(u16);
            serialize_u32(u32);
            serialize_u64(u64);
            serialize_u128(u128);
            $($others)*
        }
    };
}

pub(in crate::json) use with_integers;
