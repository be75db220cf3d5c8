//! Paths of tiles and bundles, against `tlog_tiles`.

use sayso::ledger::bundle;
use sayso::ledger::tile::TileId;
use tlog_tiles::Tile;

/// See the module.
///
/// # Panics
/// When something is wrong.
pub fn run(data: &[u8]) {
    let Ok(path) = core::str::from_utf8(data) else {
        return;
    };
    if let Some((n, width)) = bundle::parse_path(path) {
        assert_eq!(bundle::path(n, width), path);
        // A bundle goes by the number and width of the tile over it.
        let tile = path.replacen("entries", "0", 1);
        assert_eq!(
            TileId::parse_path(&tile),
            Some((TileId { level: 0, n }, width))
        );
    }
    let ours = TileId::parse_path(path);
    if let Some((id, width)) = ours {
        assert_eq!(id.path(width), path);
    }
    let Some(rest) = path.strip_prefix("tile/") else {
        assert_eq!(ours, None);
        return;
    };
    // Known differences: a level over 63 and a partial tile of width 0 make them panic; and they have data tiles, whose
    // word stands where C2SP says `entries`.
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    let level = number(rest.split('/').next());
    let width = number(path.rsplit('/').next());
    if level.is_some_and(|level| level > 63) || width == Some(0) || rest.starts_with("data/") {
        if width != Some(0) || path.contains(".p/") {
            assert_eq!(ours, None);
        }
        return;
    }
    let theirs = Tile::from_path(&format!("tile/8/{rest}"));
    assert_eq!(ours.is_some(), theirs.is_ok());
    if let (Some((id, width)), Ok(tile)) = (ours, theirs) {
        assert_eq!((id.level, id.n), (tile.level(), tile.level_index()));
        assert_eq!(
            width.map_or(256, |width| u32::from(width.get())),
            tile.width()
        );
    }
}
