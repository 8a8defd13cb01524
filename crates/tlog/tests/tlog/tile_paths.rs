//! Paths of tiles and entry bundles.

use proptest::prelude::*;
use tlog::limits::TILE_INDEX_MAX;
use tlog::{EntryBundle, Tile, TileError, TilePath, TilePathError};

fn hashes(level: u8, index: u64, width: u16) -> TilePath {
    TilePath::Hashes(Tile::new(level, index, width).unwrap())
}

fn entries(index: u64, width: u16) -> TilePath {
    TilePath::Entries(EntryBundle::new(index, width).unwrap())
}

#[test]
fn a_resource_has_one_path() {
    for (path, resource) in [
        ("tile/0/000", hashes(0, 0, 256)),
        ("tile/0/x001/234.p/5", hashes(0, 1234, 5)),
        ("tile/0/x001/x234/067", hashes(0, 1_234_067, 256)),
        ("tile/63/999.p/255", hashes(63, 999, 255)),
        ("tile/1/x001/000", hashes(1, 1000, 256)),
        (
            "tile/7/x036/x028/x797/x018/x963/967",
            hashes(7, TILE_INDEX_MAX, 256),
        ),
        ("tile/entries/x001/234.p/5", entries(1234, 5)),
        ("tile/entries/000", entries(0, 256)),
    ] {
        assert_eq!(path.parse(), Ok(resource));
        assert_eq!(resource.to_string(), path);
    }
}

#[test]
fn other_paths_are_refused() {
    for (paths, refusal) in [
        (
            &[
                "",
                "checkpoint",
                "/tile/0/000",
                "tile/0",
                "tiles/0/000",
                "tile/entries",
            ][..],
            TilePathError::Form,
        ),
        (
            &[
                "tile/64/000",
                "tile/00/000",
                "tile/-1/000",
                "tile//000",
                "tile/data/000",
                "tile/256/000",
            ],
            TilePathError::Level,
        ),
        (
            &[
                "tile/0/",
                "tile/0/0",
                "tile/0/0000",
                "tile/0/001/234",
                "tile/0/x001",
                "tile/0/x000/234",
                "tile/0/X001/234",
                "tile/0/x001//234",
                "tile/0/001/",
                "tile/0/+12",
                "tile/0/x036/x028/x797/x018/x963/968",
                "tile/0/x999/x999/x999/x999/x999/x999/999",
                "tile/entries/1",
                "tile/0/000.p",
                "tile/0/000/.p/3",
            ],
            TilePathError::Index,
        ),
        (
            &[
                "tile/0/000.p/0",
                "tile/0/000.p/256",
                "tile/0/000.p/01",
                "tile/0/000.p/",
                "tile/0/000.p/+1",
                "tile/0/000.p/1/2",
            ],
            TilePathError::Width,
        ),
    ] {
        for path in paths {
            assert_eq!(TilePath::parse(path), Err(refusal), "{path}");
        }
    }
}

#[test]
fn tiles_that_can_not_be_are_refused() {
    assert_eq!(Tile::new(64, 0, 1), Err(TileError::Level { got: 64 }));
    assert_eq!(
        Tile::new(0, TILE_INDEX_MAX + 1, 1),
        Err(TileError::Index {
            got: TILE_INDEX_MAX + 1
        })
    );
    for got in [0, 257] {
        assert_eq!(Tile::new(0, 0, got), Err(TileError::Width { got }));
        assert_eq!(EntryBundle::new(0, got), Err(TileError::Width { got }));
    }
}

proptest! {
    #[test]
    fn every_tile_is_found_again(level in 0u8..64, index in 0..=TILE_INDEX_MAX, width in 1u16..=256) {
        for resource in [hashes(level, index, width), entries(index, width)] {
            prop_assert_eq!(TilePath::parse(&resource.to_string()), Ok(resource));
        }
    }

    #[test]
    fn what_is_read_is_written_back(path in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,3}[0-9]{3}(\\.p/[0-9]{1,3})?") {
        if let Ok(resource) = TilePath::parse(&path) {
            prop_assert_eq!(resource.to_string(), path);
        }
    }
}
