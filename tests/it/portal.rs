//! A browser without JavaScript, as far as the portal can tell: cookies, pages, forms as they stand in the page.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use sayso::http::router;
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt as _;

use crate::world::{PASSWORD, World};

/// One browser with its cookie.
pub struct Browser {
    router: Router,
    cookie: Option<String>,
}

/// One answer.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// A form as it stands in a page: where it goes and what it would send.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl World {
    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        let router = router(
            self.app.clone(),
            std::path::Path::new("/no/such/folder"),
            false,
        );
        Browser {
            router,
            cookie: None,
        }
    }

    /// A browser in which somebody has signed in. Opens the account if need be.
    pub async fn signed_in(&self, external_id: &str) -> Browser {
        let subject = self.subject(external_id).await;
        let account = self.store.account(&subject).await.unwrap().unwrap();
        if account.password_hash.is_none() {
            self.open_account(external_id).await;
        }
        let employee = self.store.employee(&subject).await.unwrap().unwrap();
        let mut browser = self.browser();
        let mut form = browser.get("/sign-in").await.form("/sign-in");
        form.set("email", &employee.email.to_string());
        form.set("password", PASSWORD);
        let page = browser.submit(&form).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        browser
    }

    /// Everything that a post could have changed, to compare before and after.
    pub async fn fingerprint(&self) -> String {
        let mut text = format!(
            "{:?}",
            self.store.head().await.unwrap().map(|head| head.size)
        );
        for employee in self.store.employees().await.unwrap() {
            let subject = &employee.subject;
            let account = self.store.account(subject).await.unwrap().unwrap();
            let acknowledged = self.store.acknowledgements(subject).await.unwrap();
            text += &format!(
                "\n{} {:?} {} {:?} {} {}",
                employee.external_id,
                account.password_hash,
                account.disabled,
                account.roles,
                acknowledged.len(),
                self.store.requests(subject, None).await.unwrap().len(),
            );
        }
        text
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Page {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Sends a form as a browser would.
    pub async fn submit(&mut self, form: &Form) -> Page {
        self.post(&form.action, form.body()).await
    }

    pub async fn post(&mut self, path: &str, body: impl Into<Body>) -> Page {
        self.post_from(path, body, "same-origin").await
    }

    pub async fn post_from(&mut self, path: &str, body: impl Into<Body>, site: &str) -> Page {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
        }
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        if let Some(cookie) = parts.headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let pair = cookie.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        // A stream of events has no end to read to.
        let endless = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if endless { Body::empty() } else { body };
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Follows the redirect of a post.
    pub async fn follow(&mut self, page: &Page) -> Page {
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let location = page.location().to_owned();
        self.get(&location).await
    }

    /// The session's cookie, to prove that it changes or dies.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.clone()
    }

    /// A second window with the same cookie.
    pub fn window(&self) -> Self {
        Self {
            router: self.router.clone(),
            cookie: self.cookie.clone(),
        }
    }
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The text of the first element that fits.
    pub fn text(&self, selector: &str) -> String {
        let found = self.all(selector, words);
        found
            .into_iter()
            .next()
            .unwrap_or_else(|| panic!("no {selector} in {}", self.body))
    }

    /// Something about every element that fits. What stands in a template is not part of the page.
    pub fn all<T>(&self, selector: &str, what: impl Fn(ElementRef<'_>) -> T) -> Vec<T> {
        let document = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        let shown = |element: &ElementRef<'_>| {
            let mut around = element.ancestors().filter_map(ElementRef::wrap);
            !around.any(|one| one.value().name() == "template")
        };
        document.select(&selector).filter(shown).map(what).collect()
    }

    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector, |_| ()).is_empty()
    }

    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        self.all(selector, |element| {
            element.value().attr(name).unwrap_or_default().to_owned()
        })
    }

    /// The form that goes to `action`, with the fields that it would send unchanged. Buttons are not among them.
    pub fn form(&self, action: &str) -> Form {
        let selector = format!("form[method='post'][action='{action}']");
        let inputs = Selector::parse("input, textarea, select option[selected]").unwrap();
        let forms = self.all(&selector, |form| {
            form.select(&inputs).filter_map(field).collect::<Vec<_>>()
        });
        let fields = forms.into_iter().next();
        Form {
            action: action.to_owned(),
            fields: fields.unwrap_or_else(|| panic!("no form to {action} in {}", self.body)),
        }
    }
}

impl Form {
    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    pub fn body(&self) -> String {
        let pair = |(name, value): &(String, String)| format!("{name}={}", encode(value));
        self.fields.iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

fn field(element: ElementRef<'_>) -> Option<(String, String)> {
    let value = element.value();
    let name = match value.name() {
        "option" => element
            .parent()
            .and_then(ElementRef::wrap)?
            .value()
            .attr("name")?,
        _ => value.attr("name")?,
    };
    let unchecked = value.attr("type") == Some("radio") && value.attr("checked").is_none();
    let text = match value.name() {
        "textarea" => element.text().collect(),
        _ => value.attr("value").unwrap_or_default().to_owned(),
    };
    (!unchecked).then(|| (name.to_owned(), text))
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn encode(value: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    value.bytes().map(byte).collect()
}
