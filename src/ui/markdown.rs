//! Notices are Markdown; pages get HTML that cannot do anything but be read.
//!
//! No images, no raw HTML (it shows as the text it is), no links but `https` and `mailto`. Preview and page use this
//! one function, so that HR sees what employees will see.

use std::collections::HashSet;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};

const TAGS: [&str; 15] = [
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "strong",
    "ul",
];

/// HTML of a notice's body, to stand under a heading of the second level.
pub fn notice_html(markdown: &str) -> String {
    let events = fit_headings(Parser::new(markdown).filter_map(plain).collect());
    let mut unsafe_html = String::new();
    html::push_html(&mut unsafe_html, events.into_iter());
    ammonia::Builder::new()
        .tags(HashSet::from(TAGS))
        .tag_attributes([("a", HashSet::from(["href"]))].into())
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .clean(&unsafe_html)
        .to_string()
}

/// Raw HTML becomes text; of an image the words about it stay.
fn plain(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. } | Tag::HtmlBlock)
        | Event::End(TagEnd::Image | TagEnd::HtmlBlock) => None,
        other => Some(other),
    }
}

/// Headings begin at the third level and never skip one, whatever the author wrote.
fn fit_headings(mut events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let mut used: Vec<HeadingLevel> = events
        .iter()
        .filter_map(|event| {
            if let Event::Start(Tag::Heading { level, .. }) = event {
                Some(*level)
            } else {
                None
            }
        })
        .collect();
    used.sort_unstable();
    used.dedup();
    let mut deepest = 2;
    let mut now = HeadingLevel::H3;
    for event in &mut events {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let rank = used.iter().position(|known| known == level).unwrap_or(0);
                deepest = (rank + 3).min(deepest + 1).min(6);
                now = HeadingLevel::try_from(deepest).unwrap_or(HeadingLevel::H6);
                *level = now;
            }
            Event::End(TagEnd::Heading(level)) => *level = now,
            _ => {}
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_notice_can_act() {
        for (markdown, never) in [
            ("<script>alert(1)</script>", "<script"),
            ("hello <img src=x onerror=alert(1)>", "<img"),
            ("![a picture](https://example.com/spy.png)", "spy.png"),
            ("[x](javascript:alert(1))", "javascript:"),
            ("[x](data:text/html,hi)", "data:"),
            ("[x](/sign-out)", "/sign-out"),
            ("<style>body{display:none}</style>", "<style"),
            ("<form action=/x><button>Go</button></form>", "<form"),
            ("<p style=\"x\" onclick=\"y\">t</p>", "<p style"),
        ] {
            let html = notice_html(markdown);
            assert!(!html.contains(never), "{markdown} became {html}");
        }
    }

    #[test]
    fn words_links_and_lists_stay() {
        let html = notice_html(
            "One **two** [three](https://example.com/a).\n\n- four\n- <b>five</b>\n\n![six](https://e.com/p.png)",
        );
        assert_eq!(
            html,
            "<p>One <strong>two</strong> <a href=\"https://example.com/a\" rel=\"noopener noreferrer\">three</a>.</p>\n<ul>\n<li>four</li>\n<li>&lt;b&gt;five&lt;/b&gt;</li>\n</ul>\n<p>six</p>\n"
        );
    }

    #[test]
    fn headings_fit_under_the_page() {
        let levels = |markdown: &str| -> Vec<char> {
            let html = notice_html(markdown);
            html.match_indices("<h")
                .filter_map(|(at, _)| html[at + 2..].chars().next())
                .collect()
        };
        assert_eq!(levels("# A\n## B\n# C"), ['3', '4', '3']);
        assert_eq!(levels("## A\n#### B\n## C"), ['3', '4', '3']);
        assert_eq!(levels("### B\n# A\n## C"), ['3', '3', '4']);
    }
}
