//! What the demo prints when it is ready.

use std::io::Write as _;

use serde::Serialize;

use super::folder::{Account, Agent, Marker};

#[derive(Serialize)]
struct Ready<'a> {
    url: &'a str,
    accounts: &'a [Account],
    agents: &'a [Agent],
}

/// One line for programs, on standard output.
pub(super) fn json(url: &str, marker: &Marker) -> std::io::Result<()> {
    let ready = Ready {
        url,
        accounts: &marker.accounts,
        agents: &marker.agents,
    };
    let line = serde_json::to_string(&ready)?;
    print(&format!("{line}\n"))
}

/// Some lines for people, on standard output.
pub(super) fn human(url: &str, marker: &Marker) -> std::io::Result<()> {
    let mut text = format!("\nBrackwater Instruments is open at {url}\n\n");
    for account in &marker.accounts {
        let Account {
            role,
            email,
            password,
            ..
        } = account;
        text += &format!("  {role:<16}  {email:<42}  {password}\n");
    }
    text += "
  Sign in as the first employee: switch mouse movement off, and see its records stop.
  Ask for deletion: the research lake answers in about ten seconds, the tape archive in about forty.
  Open a receipt: two witnesses, the works council's and one outside, vouch for it within seconds.
  Sign in as the publisher: write a notice, publish it, and see it with the employee.
";
    if let Some(agent) = marker.agents.first() {
        text += &format!(
            "\n  A collector of your own: {}, whose key is\n  {}\n",
            agent.name, agent.key
        );
    }
    text += "\nCtrl-C ends it. The next run finds the company as you left it.\n";
    print(&text)
}

fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
