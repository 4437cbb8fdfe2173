//! Media types by extension: the reference's table, and what its files were labelled as.

use std::collections::{BTreeMap, BTreeSet};

use conformance::vector::{pairs, shared};
use replywire::file::guess_media_type;
use replywire::request::Exchange;
use replywire::{Response, Status};
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    types: BTreeMap<String, String>,
    content_encodings: BTreeMap<String, String>,
    suffix_aliases: BTreeMap<String, String>,
}

fn table() -> Table {
    serde_json::from_str(include_str!("vectors/mime_table.json")).expect("a table")
}

/// The type of a compressed file, where there is one for it.
fn compressed(coding: &str) -> Option<&'static str> {
    match coding {
        "br" | "compress" => None,
        "bzip2" => Some("application/x-bzip2"),
        "gzip" => Some("application/gzip"),
        "xz" => Some("application/x-xz"),
        _ => panic!("{coding} is new"),
    }
}

#[test]
fn every_extension_of_the_reference_has_its_type() {
    let table = table();
    assert_eq!(table.types.len(), 154);
    for (extension, media_type) in &table.types {
        for extension in [extension.clone(), extension.to_uppercase()] {
            for name in [format!("a{extension}"), format!("b.gz/.c.d{extension}")] {
                assert_eq!(guess_media_type(&name), Some(media_type.as_str()), "{name}");
            }
            assert_eq!(guess_media_type(&extension), None, "{extension}");
        }
    }
}

/// Extensions of files that sites serve, of which the reference knows no type: the registered
/// types, and where there are none, the usual.
const SERVED: [(&str, &str); 68] = [
    ("7z", "application/x-7z-compressed"),
    ("apk", "application/vnd.android.package-archive"),
    ("apng", "image/apng"),
    ("atom", "application/atom+xml"),
    ("avifs", "image/avif"),
    ("cbor", "application/cbor"),
    ("cjs", "application/node"),
    ("deb", "application/vnd.debian.binary-package"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("eot", "application/vnd.ms-fontobject"),
    ("epub", "application/epub+zip"),
    ("flac", "audio/flac"),
    ("geojson", "application/geo+json"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("heics", "image/heic"),
    ("heifs", "image/heif"),
    ("ics", "text/calendar"),
    ("jar", "application/java-archive"),
    ("jfif", "image/jpeg"),
    ("jsonl", "application/jsonl"),
    ("jsonld", "application/ld+json"),
    ("jxl", "image/jxl"),
    ("kml", "application/vnd.google-earth.kml+xml"),
    ("kmz", "application/vnd.google-earth.kmz"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/mp4"),
    ("map", "application/json"),
    ("mathml", "application/mathml+xml"),
    ("mid", "audio/midi"),
    ("midi", "audio/midi"),
    ("mka", "audio/matroska"),
    ("mkv", "video/matroska"),
    ("mml", "application/mathml+xml"),
    ("mpd", "application/dash+xml"),
    ("mpga", "audio/mpeg"),
    ("odg", "application/vnd.oasis.opendocument.graphics"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("otf", "font/otf"),
    (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    ("psd", "image/vnd.adobe.photoshop"),
    ("rar", "application/vnd.rar"),
    ("rpm", "application/x-rpm"),
    ("rss", "application/rss+xml"),
    ("spx", "audio/ogg"),
    ("sql", "application/sql"),
    ("stl", "model/stl"),
    ("toml", "application/toml"),
    ("ts", "video/mp2t"),
    ("ttc", "font/collection"),
    ("ttf", "font/ttf"),
    ("ttml", "application/ttml+xml"),
    ("usdz", "model/vnd.usdz+zip"),
    ("weba", "audio/webm"),
    ("wgsl", "text/wgsl"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xht", "application/xhtml+xml"),
    ("xhtml", "application/xhtml+xml"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("xslt", "application/xslt+xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
];

#[test]
fn what_sites_serve_has_its_registered_type() {
    let table = table();
    for (extension, media_type) in SERVED {
        assert!(
            !table.types.contains_key(&format!(".{extension}")),
            "{extension}"
        );
        for extension in [extension.to_owned(), extension.to_uppercase()] {
            let name = format!("a.b/c.{extension}");
            assert_eq!(guess_media_type(&name), Some(media_type), "{name}");
        }
        let mut buf = [0; 256];
        let reply = Response::to(&Exchange::GET, &mut buf, Status::OK).bytes(media_type, b"");
        assert!(reply.is_ok(), "{media_type}");
    }
}

#[test]
fn a_compressed_file_has_the_type_of_its_compression() {
    let table = table();
    for (extension, coding) in &table.content_encodings {
        let name = format!("a.json{extension}");
        assert_eq!(guess_media_type(&name), compressed(coding), "{name}");
    }
    for (extension, long) in &table.suffix_aliases {
        let (_, coding) = long.rsplit_once('.').expect("two extensions");
        let coding = &table.content_encodings[&format!(".{coding}")];
        let name = format!("a{extension}");
        assert_eq!(guess_media_type(&name), compressed(coding), "{name}");
    }
    assert_eq!(guess_media_type("a.json.zst"), Some("application/zstd"));
}

#[test]
fn no_other_extension_of_up_to_three_characters_has_a_type() {
    let table = table();
    let mut known: BTreeSet<String> = table.types.into_keys().collect();
    known.extend(table.suffix_aliases.into_keys());
    known.extend([".bz2", ".gz", ".xz", ".zst"].map(String::from));
    known.extend(SERVED.map(|(extension, _)| format!(".{extension}")));
    let characters = || ('a'..='z').chain('0'..='9');
    let mut names = vec![String::from(".")];
    for _ in 0..3 {
        names = names
            .iter()
            .flat_map(|name| characters().map(move |char| format!("{name}{char}")))
            .collect();
        for name in &names {
            let has_type = guess_media_type(format!("a{name}")).is_some();
            assert_eq!(has_type, known.contains(name), "{name}");
        }
    }
}

#[test]
fn files_are_labelled_as_the_reference_labels_them() {
    let mut seen = 0;
    for vector in shared("file") {
        let input = &vector.input;
        let name = match input["filename"].as_str() {
            None | Some("") => input["file"]["name"].as_str(),
            name => name,
        };
        let is_compressed = vector
            .tags
            .iter()
            .any(|tag| tag == "divergence:content-encoding-dropped");
        let headers = pairs(&vector.expect["ok"]["headers"]);
        let told = headers.iter().find(|(name, _)| *name == "content-type");
        let (Some(name), Some((_, told))) = (name, told) else {
            continue;
        };
        let is_new = |(extension, _): &(&str, &str)| name.ends_with(&format!(".{extension}"));
        if is_compressed
            || SERVED.iter().any(is_new)
            || !input["media_type"].is_null()
            || !pairs(&input["headers"]).is_empty()
            || vector.expect["ok"]["status"] != 200
        {
            continue;
        }
        seen += 1;
        let media_type = guess_media_type(name).unwrap_or("application/octet-stream");
        let mut buf = [0; 256];
        let reply = Response::to(&Exchange::GET, &mut buf, Status::OK)
            .bytes(media_type, b"")
            .unwrap();
        let want = format!("HTTP/1.1 200 OK\r\ncontent-type: {told}\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(
            reply.as_bytes().escape_ascii().to_string(),
            want.escape_default().to_string(),
            "{name}"
        );
    }
    assert!(seen > 100, "{seen} files");
}
