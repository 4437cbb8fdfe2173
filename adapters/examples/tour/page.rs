//! The page of the tour: each stop with its request and the Rust that answers it.

use std::fmt::{self, Display, Formatter, Write};

use super::snippet::snippet;
use super::stops::{PARTS, Stop};
use super::wire;

const TEMPLATE: &str = include_str!("page.html");
const REPLIES: &str = include_str!("replies.rs");

/// The page, which writes itself.
pub(super) struct Page;

impl Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (before, after) = TEMPLATE.split_once("<!-- stops -->").unwrap_or_default();
        f.write_str(before)?;
        for (part, stops) in PARTS {
            let id = part.to_lowercase().replace(' ', "-");
            write!(
                f,
                "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{part}</h2>"
            )?;
            for stop in stops {
                card(stop, f)?;
            }
            f.write_str("</section>\n")?;
        }
        f.write_str(after)
    }
}

fn card(stop: &Stop, f: &mut Formatter<'_>) -> fmt::Result {
    let Stop {
        name,
        what,
        method,
        path,
        limit,
        ..
    } = stop;
    write!(
        f,
        "<article id=\"{name}\" data-limit=\"{limit}\"><header><h3>{method} \
         <a href=\"{path}\">{path}</a></h3><p>{what}</p></header>\n<pre class=\"rust\" \
         tabindex=\"0\" role=\"region\" aria-label=\"the Rust of {method} {path}\"><code>",
    )?;
    for (at, item) in stop.items.iter().enumerate() {
        let paragraph = snippet(REPLIES, item).unwrap_or_default();
        let paragraph = paragraph.strip_prefix("pub(super) ").unwrap_or(paragraph);
        let gap = if at == 0 { "" } else { "\n\n" };
        write!(f, "{gap}{}", Escaped(paragraph))?;
    }
    write!(
        f,
        "</code></pre>\n<div class=\"wire\"><pre class=\"request\" aria-label=\"the request\">{}\
         </pre><button type=\"button\" aria-controls=\"{name}-reply\">Send {method} {path}</button>\
         <output id=\"{name}-reply\"></output></div></article>\n",
        Escaped(&wire::request(stop, "this server"))
    )
}

/// A text between tags.
struct Escaped<'t>(&'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '\r' => Ok(()),
            _ => f.write_char(char),
        })
    }
}
