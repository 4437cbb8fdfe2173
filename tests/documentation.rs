//! The documentation as its readers find it: by the names that they know from elsewhere, and with
//! an example where a reply ends.

use std::collections::BTreeSet;

use conformance::source_files::{sources, workspace};
use regex::Regex;

/// The names that the reference has for things that the library has too. Those of FastAPI's
/// response models and middleware are among them.
const OF_THE_REFERENCE: &str = "
    Response PlainTextResponse HTMLResponse JSONResponse UJSONResponse ORJSONResponse
    RedirectResponse StreamingResponse FileResponse EventSourceResponse ServerSentEvent
    status_code media_type charset headers body background render init_headers
    content_disposition_type filename stat_result chunk_size body_iterator
    set_cookie delete_cookie max_age expires path domain secure httponly samesite partitioned
    MutableHeaders append setdefault update getlist items raw delete add_vary_header
    BackgroundTask BackgroundTasks StaticFiles follow_symlink html
    CORSMiddleware allow_origins allow_origin_regex allow_methods allow_headers
    allow_credentials allow_private_network expose_headers
    Request query_params url method cookies receive send scope ClientDisconnect HTTPException
    response_model response_model_include response_model_exclude response_model_exclude_unset
    response_model_exclude_defaults response_model_exclude_none response_model_by_alias
    jsonable_encoder BaseModel guess_type formatdate
";

/// The names that axum, hyper, actix-web and their crates have.
const OF_OTHERS: &str = "
    IntoResponse Json Html Redirect Sse NoContent BodyExt StreamBody StatusCode HeaderMap
    HeaderName HeaderValue HttpResponse NamedFile CorsLayer ServeDir
";

/// The sources of the core and of the adapters.
fn public_sources() -> Vec<String> {
    let mut texts = Vec::new();
    for folder in ["core", "adapters"] {
        let all = sources(&workspace().join(folder));
        let is_public = |path: &str| {
            !path.contains("firmware/") && (path.starts_with("src/") || path.contains("/src/"))
        };
        texts.extend(
            all.into_iter()
                .filter(|(path, _)| is_public(path))
                .map(|(_, text)| text),
        );
    }
    assert!(texts.len() > 100);
    texts
}

#[test]
fn names_known_from_elsewhere_lead_to_an_item() {
    let alias = Regex::new(r"#\[doc\(alias([^\]]*)\]").unwrap();
    let quoted = Regex::new(r#""([^"]+)""#).unwrap();
    let item =
        Regex::new(r"(?m)^\s*pub (?:async |const )*(?:fn|struct|enum|trait|macro_rules!) (\w+)")
            .unwrap();
    let texts = public_sources();
    let mut known = BTreeSet::new();
    for text in &texts {
        for found in alias.captures_iter(text) {
            let names = quoted.captures_iter(found.get(1).unwrap().as_str());
            known.extend(names.map(|name| name.get(1).unwrap().as_str()));
        }
        known.extend(
            item.captures_iter(text)
                .map(|name| name.get(1).unwrap().as_str()),
        );
    }
    let names = [OF_THE_REFERENCE, OF_OTHERS]
        .into_iter()
        .flat_map(str::split_whitespace);
    let unknown: Vec<_> = names.filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_table_of_failures_is_the_one_that_is_tested_on_each_runtime() {
    conformance::observed::check_table();
}

#[test]
fn each_ending_has_an_example_with_its_bytes() {
    let core = sources(&workspace().join("core/src"));
    let mut seen = 0;
    for (path, text) in core {
        let (path, text) = (path.as_str(), text.as_str());
        if !matches!(
            path,
            "response/ending.rs" | "response/file.rs" | "response/json.rs"
        ) {
            continue;
        }
        for (name, documentation) in functions(text) {
            seen += 1;
            assert!(
                documentation.contains("/// ```\n") && documentation.contains("assert"),
                "{path}: {name} has no example"
            );
        }
    }
    assert!(seen > 20, "{seen}");
}

/// The public functions of a source, each with the documentation and attributes before it.
fn functions(text: &str) -> Vec<(String, String)> {
    let public = Regex::new(r"^\s*pub (?:async |const )*fn (\w+)").unwrap();
    let mut found = Vec::new();
    let mut before = String::new();
    for line in text.lines() {
        let start = line.trim_start();
        if let Some(name) = public.captures(line) {
            found.push((name[1].to_owned(), std::mem::take(&mut before)));
        } else if start.starts_with("///") || start.starts_with("#[") {
            before.push_str(start);
            before.push('\n');
        } else {
            before.clear();
        }
    }
    found
}

#[test]
fn functions_are_found_with_what_stands_before_them() {
    let source = "/// A.\n#[inline]\npub fn a() {}\n\n/// B.\nfn b() {}\npub const fn c() {}\n";
    let want = [("a", "/// A.\n#[inline]\n"), ("c", "")];
    let found = functions(source);
    let found: Vec<_> = found
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(found, want);
}
