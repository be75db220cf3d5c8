//! The real server on a database of its own, to be killed and started again: a small company, made with the command
//! line and by invitations, as an installation would be.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{COOKIE, SET_COOKIE};
use sayso::domain::id::FormId;
use sayso::ledger::key::VerifierKey;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::database::{Kind, fresh_url, number};
use crate::world::{DECLARATION, PASSWORD};

/// How many employees put load on the server.
const PEOPLE: usize = 6;
const NOTICE: &str = "+++
notice = \"mci\"
title = \"What is captured\"
summary = \"What it means.\"
language = \"en\"
material = true
+++
Of the **notice**.
";

/// Somebody who has an account, in a browser that is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub external_id: String,
    pub cookie: String,
}

/// An installation: its folder, its database, and what its programs are started with.
pub struct Site {
    pub dir: tempfile::TempDir,
    pub database: String,
    pub kind: Kind,
    pub people: Vec<Person>,
    pub key: VerifierKey,
    /// More variables for the server's environment.
    pub environment: Vec<(String, String)>,
}

/// A running server.
pub struct Server {
    child: Child,
    pub url: String,
    /// What it wrote to its standard error.
    pub messages: Arc<Mutex<Vec<String>>>,
}

/// A client that follows nothing and waits for nothing longer than a person would.
pub fn client() -> reqwest::Client {
    // Fails only when it was done before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.timeout(Duration::from_secs(20)).build().unwrap()
}

/// A form that nobody has posted yet.
pub fn once() -> FormId {
    let number = u128::from(number()) << 64 | u128::from(std::process::id());
    FormId::from_random(number.to_be_bytes())
}

impl Site {
    /// Makes the company.
    pub async fn new(kind: Kind) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let database = fresh_url(kind, &dir).await;
        let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let mut site = Self {
            dir,
            database,
            kind,
            people: Vec::new(),
            key: key.parse().unwrap(),
            environment: Vec::new(),
        };
        let mut people = "external_id,name,email,unit,locale\n".to_owned();
        for i in 0..PEOPLE {
            people += &format!("K{i},Person {i},k{i}@brackwater.example,Design,en\n");
        }
        for (name, text) in [
            ("people.csv", people.as_str()),
            ("mci.toml", DECLARATION),
            ("mci.md", NOTICE),
        ] {
            std::fs::write(site.dir.path().join(name), text).unwrap();
        }
        site.run(&["import", "people.csv"]).await;
        site.run(&["program", "declare", "mci.toml"]).await;
        site.run(&["notice", "publish", "mci.md"]).await;
        let mut tokens = Vec::new();
        for i in 0..PEOPLE {
            let said = site.run(&["account", "create", &format!("K{i}")]).await;
            let link = said.trim().rsplit_once("/invitations/").unwrap();
            tokens.push(link.1.to_owned());
        }
        let server = site.start().await;
        for (i, token) in tokens.iter().enumerate() {
            let cookie = accept(&server.url, token).await;
            site.people.push(Person {
                external_id: format!("K{i}"),
                cookie,
            });
        }
        let key = server.get("/ledger/log.vkey").await.unwrap().1;
        site.key = key.trim().parse().unwrap();
        server.kill().await;
        site
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env("DATABASE_URL", &self.database)
            .env("SAYSO_DATA__DIR", self.dir.path())
            .env("SAYSO_SERVER__LISTEN", "127.0.0.1:0")
            .env("SAYSO_LEDGER__ORIGIN", "ledger.brackwater.example")
            .env("RUST_LOG", "warn,sayso=info")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a command to its end; what it said.
    pub async fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts the server and waits until it serves.
    pub async fn start(&self) -> Server {
        self.try_start()
            .await
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`Self::start`]; what it said where it did not come up.
    pub async fn try_start(&self) -> Result<Server, String> {
        let mut command = self.command(&["serve"]);
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        let mut child = command.envs(environment).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        let url = loop {
            let line = timeout(Duration::from_mins(1), lines.next_line()).await;
            let Some(line) = line.unwrap().unwrap() else {
                return Err(said.join("\n"));
            };
            if let Some((_, address)) = line.split_once("serving address=") {
                break format!("http://{}", address.trim());
            }
            said.push(line);
        };
        let messages = Arc::new(Mutex::new(said));
        let heard = messages.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                heard.lock().unwrap().push(line);
            }
        });
        Ok(Server {
            child,
            url,
            messages,
        })
    }
}

impl Server {
    /// `kill -9`, and nothing else.
    pub async fn kill(mut self) {
        self.child.start_kill().unwrap();
        let status = self.child.wait().await.unwrap();
        assert_eq!(status.code(), None, "it ended by itself before: {status}");
    }

    /// What a stranger gets from an address.
    pub async fn get(&self, path: &str) -> Result<(StatusCode, String), reqwest::Error> {
        let answer = client().get(format!("{}{path}", self.url)).send().await?;
        Ok((answer.status(), answer.text().await?))
    }
}

/// Accepts an invitation; the cookie of the session.
async fn accept(url: &str, token: &str) -> String {
    let form = format!("once={}&password={}", once(), PASSWORD.replace(' ', "+"));
    let answer = client()
        .post(format!("{url}/invitations/{token}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    cookie(&answer).unwrap()
}

/// The cookie that an answer sets.
pub fn cookie(answer: &reqwest::Response) -> Option<String> {
    let cookie = answer.headers().get(SET_COOKIE)?.to_str().unwrap();
    Some(cookie.split(';').next().unwrap().to_owned())
}

/// A request by somebody who is signed in.
pub fn signed_in(request: reqwest::RequestBuilder, person: &Person) -> reqwest::RequestBuilder {
    request
        .header(COOKIE, &person.cookie)
        .header("sec-fetch-site", "same-origin")
}
