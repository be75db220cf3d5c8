//! Where a key may be sent.

use std::net::IpAddr;

use reqwest::Url;

use super::error::Error;

/// Whether plain HTTP may carry the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// HTTPS, or HTTP on this machine only.
    Protected,
    /// Any HTTP: whoever is on the way can read the key and forge a yes.
    Unprotected,
}

/// The server's base URL, with a path that ends in a slash.
pub(super) fn server_url(base: &str, transport: Transport) -> Result<Url, Error> {
    let refuse = |why: &str| Err(Error::Refused(why.to_owned()));
    let Ok(mut url) = Url::parse(base) else {
        return refuse(
            "The server's address is not a URL. Use one like https://sayso.company.example.",
        );
    };
    let plain = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if plain {
        return refuse("Give the server's address without user name, query or fragment.");
    }
    // `Url` has normalised every spelling of an IP address.
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let here = host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if here || transport == Transport::Unprotected => {}
        "http" => {
            return refuse(
                "Plain HTTP to another machine would show the key to the network and let it forge a yes. Use https, \
                 or --insecure-http if you accept that.",
            );
        }
        _ => return refuse("The server's address begins with https://."),
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_to_https_or_to_this_machine_only() {
        for good in [
            "https://sayso.example",
            "https://sayso.example:8443/portal",
            "http://127.0.0.1:8080",
            "http://localhost:8080/",
            "http://[::1]:8080",
        ] {
            assert!(server_url(good, Transport::Protected).is_ok(), "{good}");
        }
        for bad in [
            "",
            "sayso.example",
            "ftp://127.0.0.1",
            "http://sayso.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://127.0.0.1.example",
            "https://user:secret@sayso.example",
            "https://sayso.example/?a=b",
            "https://sayso.example/#a",
        ] {
            assert!(server_url(bad, Transport::Protected).is_err(), "{bad}");
        }
        assert!(server_url("http://sayso.example", Transport::Unprotected).is_ok());
        assert!(server_url("ftp://sayso.example", Transport::Unprotected).is_err());
    }

    #[test]
    fn paths_are_added_to_the_base() {
        let base = server_url("https://sayso.example/portal", Transport::Protected).unwrap();
        let url = base.join("access/v1/evaluation").unwrap();
        assert_eq!(
            url.as_str(),
            "https://sayso.example/portal/access/v1/evaluation"
        );
    }
}
