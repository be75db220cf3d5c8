//! What every handler can reach, and what was found in the site folder when the server started.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::app::error::Error;
use crate::app::ledger::{log_size, log_vkey};
use crate::domain::id::FormId;
use crate::ui::format::Calendar;
use crate::ui::shell::{Flash, Frame, House, Section, Viewer};

/// Shared by all handlers. Cheap to clone: it is cloned for every request.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

struct Shared {
    app: App,
    assets: Assets,
    secure: bool,
}

impl FromRef<AppState> for App {
    fn from_ref(state: &AppState) -> Self {
        state.0.app.clone()
    }
}

/// Styles and browser code.
struct Assets {
    /// Address of the style sheet; changes with its content, so that it can be cached for long.
    style: String,
    /// Set when the browser code can be had: else pages come without islands.
    islands: Option<LeptosOptions>,
}

impl AppState {
    /// Looks at the site folder once. `secure`: browsers reach the portal by HTTPS.
    pub fn new(app: App, site: &Path, secure: bool) -> Self {
        let sheet = fs::read(site.join("static/sayso.css")).unwrap_or_default();
        let version: String = Sha256::digest(&sheet)[..4]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let has = |file: &str| site.join("pkg").join(file).is_file();
        let options = LeptosOptions::builder()
            .output_name("sayso")
            .site_pkg_dir("pkg")
            .build();
        let islands = (has("sayso.js") && has("sayso_bg.wasm")).then_some(options);
        Self(Arc::new(Shared {
            app,
            assets: Assets {
                style: format!("/static/sayso.css?v={version}"),
                islands,
            },
            secure,
        }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Whether browsers reach the portal by HTTPS.
    pub fn secure(&self) -> bool {
        self.0.secure
    }

    /// How times are shown on a page that is made now.
    pub fn calendar(&self) -> Calendar {
        Calendar::new(self.0.app.settings().house.time_zone, self.0.app.now())
    }

    /// A fresh mark for one rendering of a form.
    pub fn form(&self) -> FormId {
        FormId::new(self.0.app.now(), self.0.app.random())
    }

    /// Everything around a page.
    pub async fn frame(
        &self,
        section: Section,
        viewer: Option<Viewer>,
        flash: Option<Flash>,
    ) -> Frame {
        let house = &self.0.app.settings().house;
        let entries: Result<u64, Error> = log_size(&self.0.app).await;
        Frame {
            house: House {
                name: house.name.clone(),
                privacy_office: house.privacy_office.clone(),
                privacy_email: house.privacy_email.clone(),
                representatives: house.representatives.clone(),
            },
            calendar: self.calendar(),
            viewer,
            section,
            entries: entries.ok(),
            flash,
            style: self.0.assets.style.clone(),
            vkey: log_vkey(&self.0.app),
            islands: self.0.assets.islands.clone(),
        }
    }
}
