//! Data of an earlier format is left alone, and the message says what can be done.

use crate::support::process::{Said, pvn, text};
use crate::support::public_money;

#[test]
fn a_demonstration_of_an_earlier_format_is_not_resumed() {
    let folder = tempfile::tempdir().expect("a folder");
    let earlier = r#"{ "network": "public-money.example", "fingerprint": "", "processes": [] }"#;
    let layout = folder.path().join("network.json");
    std::fs::write(&layout, earlier).expect("a file");
    let place = folder.path().canonicalize().expect("a folder");
    let service = public_money();
    let demo = ["demo", "--once", "--service", text(&service), "--data"];
    for resume in [Some("--resume"), None] {
        let said = Said::by(pvn().args(demo).arg(&place).args(resume));
        assert_eq!(said.code, 1);
        assert_eq!(
            said.err,
            format!(
                "pvn: {} holds data of format 1, and this version keeps format 2: go on with the version that wrote it, or begin again with `--clean`, which deletes it\n",
                place.display()
            )
        );
        let kept = std::fs::read_to_string(&layout).expect("still there");
        assert_eq!(kept, earlier);
    }
}
