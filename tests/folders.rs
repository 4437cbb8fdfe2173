//! Folders against the reference: what is found for each vector's path, before there is a reply.
#![cfg(unix)]

use conformance::site::{Sites, escaped};
use conformance::vector::{Vector, is_body, shared};
use replywire_files::{Folder, Found, FoundFile};
use serde_json::Value as Json;

fn read(found: &FoundFile) -> Vec<u8> {
    let mut bytes = vec![0; found.file.len() as usize];
    assert_eq!(found.file.read_at(0, &mut bytes).unwrap(), bytes.len());
    bytes
}

fn header<'v>(reply: &'v Json, name: &str) -> Option<&'v str> {
    let lines = reply["headers"].as_array().unwrap();
    let line = lines.iter().find(|line| line[0] == name)?;
    line[1].as_str()
}

/// True if the media type of the reply is that of the name.
fn is_named(found: &FoundFile, reply: &Json) -> bool {
    let table: Json = serde_json::from_str(include_str!("vectors/mime_table.json")).unwrap();
    let extension = found
        .name
        .rsplit_once('.')
        .map(|(_, last)| format!(".{last}"));
    let media = extension.and_then(|extension| table["types"][extension].as_str());
    let Some(got) = header(reply, "content-type") else {
        return true;
    };
    // Parts have their own, and an error is text.
    let is_other =
        got.starts_with("multipart/") || reply["status"] == 400 || reply["status"] == 416;
    is_other || got.starts_with(media.unwrap_or("application/octet-stream"))
}

fn check(folder: &Folder, vector: &Vector) {
    let input = &vector.input;
    let (path, query) = (input["path"].as_str().unwrap(), input["query"].as_str());
    let found = folder.find_decoded(path, query, &[]);
    let now = folder.find_now(&escaped(path), query, &[]);
    let again = folder.find(&escaped(path), query, &[]);
    for found in [Some(found), Some(again), now].into_iter().flatten() {
        let reply = &vector.expect["ok"];
        let is_html = header(reply, "content-type").is_some_and(|of| of.starts_with("text/html"));
        let is_whole = reply["status"] == 200 || reply["status"] == 404;
        // No path with `..` is found, whether or not it would come back.
        // No file is found with a slash after its name.
        let is_slashed = path.ends_with('/') || path.ends_with("/.");
        let climbs = path.split('/').any(|part| part == "..");
        let is_right = match &found {
            Found::File(found) if found.is_error_page => {
                (reply["status"] == 404 && is_html || climbs) && found.name == "404.html"
            }
            Found::File(found) => {
                let is_content = input["method"] == "HEAD" || is_body(&read(found), &reply["body"]);
                !climbs
                    && matches!(
                        reply["status"].as_u64(),
                        Some(200 | 206 | 304 | 400 | 412 | 416)
                    )
                    && is_named(found, reply)
                    && (!is_whole || is_content)
                    && !found.vary
            }
            Found::NotFound => {
                reply["status"] == 404 && !is_html || climbs || is_slashed && !is_html
            }
            Found::Redirect(to) => {
                let host = format!("http://{}", input["host"].as_str().unwrap());
                let location = header(reply, "location").unwrap_or_default();
                location.strip_prefix(&host) == Some(to)
            }
            _ => false,
        };
        assert!(is_right, "{} {}: {found:?}", vector.id, vector.note);
    }
}

#[test]
fn a_folder_finds_what_the_reference_serves() {
    let sites = Sites::new();
    let mut checked = 0;
    for vector in shared("staticfiles") {
        // Other methods never get to the folder.
        if vector.expect["ok"]["status"] != 405 {
            check(&sites.folder(&vector.input, true), &vector);
            checked += 1;
        }
    }
    assert!(checked > 150, "{checked}");
}
