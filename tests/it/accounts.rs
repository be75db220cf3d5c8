//! Accounts through the application layer, on both databases.

use sayso::app::accounts::{self, sign_in};
use sayso::app::error::Error;

use crate::database::on_both;
use crate::world::{PASSWORD, World};

on_both!(
    signing_in_tells_nothing_and_an_invitation_works_once,
    |world: World| async move {
        let world = world.with_company().await;
        let id = "E1".parse().unwrap();
        let token = accounts::invite(&world.app, &id, false).await.unwrap();
        assert!(matches!(
            accounts::accept_invitation(&world.app, &token, "short", world.form()).await,
            Err(Error::Invalid(_))
        ));
        assert_eq!(
            accounts::invitation(&world.app, &token)
                .await
                .unwrap()
                .email
                .as_str(),
            "marit@brackwater.example"
        );
        let subject = accounts::accept_invitation(&world.app, &token, PASSWORD, world.form())
            .await
            .unwrap();
        assert!(matches!(
            accounts::accept_invitation(&world.app, &token, PASSWORD, world.form()).await,
            Err(Error::NotFound)
        ));
        let try_in = |email: &str, password: &str| {
            let (app, once, email, password) = (
                world.app.clone(),
                world.form(),
                email.to_owned(),
                password.to_owned(),
            );
            async move { sign_in(&app, &email, &password, "127.0.0.1", once).await }
        };
        assert_eq!(
            try_in("Marit@Brackwater.example", PASSWORD).await.unwrap(),
            subject
        );
        for (email, password) in [
            ("marit@brackwater.example", "wrong"),
            ("nobody@brackwater.example", PASSWORD),
            ("rui@brackwater.example", PASSWORD),
            ("", ""),
        ] {
            assert!(
                matches!(try_in(email, password).await, Err(Error::Denied)),
                "{email}"
            );
        }
        accounts::set_disabled(&world.app, &id, true).await.unwrap();
        assert!(matches!(
            try_in("marit@brackwater.example", PASSWORD).await,
            Err(Error::Denied)
        ));
        assert!(
            accounts::account(&world.app, &subject)
                .await
                .unwrap()
                .is_none()
        );
    }
);

on_both!(
    an_expired_or_replaced_invitation_does_not_open,
    |world: World| async move {
        let world = world.with_company().await;
        let id = "E1".parse().unwrap();
        let first = accounts::invite(&world.app, &id, false).await.unwrap();
        let second = accounts::invite(&world.app, &id, false).await.unwrap();
        assert!(matches!(
            accounts::invitation(&world.app, &first).await,
            Err(Error::NotFound)
        ));
        assert!(accounts::invitation(&world.app, &second).await.is_ok());
        world.pass(15 * 86_400);
        assert!(matches!(
            accounts::invitation(&world.app, &second).await,
            Err(Error::NotFound)
        ));
    }
);
