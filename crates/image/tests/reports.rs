//! What is said of an image, as text and as JSON.

mod support;

use expect_test::expect;
use image::report::{ChangesReport, FilesReport, InspectReport, LayersReport, WasteReport};
use support::sample;
use vfs::AbsPath;

#[test]
fn inspect() {
    let image = sample();
    expect![[r#"
        Id          sha256:ad467aa7ac7976b5245a89b7adc662879117930f01be1c672cc8f1d3d8754351
        Tags        lab/sample:1, lab/sample:two
        Platform    linux/amd64
        Created     2023-11-14T22:13:20Z
        Size        10.15kB
        Cmd         ["/bin/tool"]
        Env         PATH=/bin
        Env         A=b
        History     43e72dfa925e  ADD base
        History     -             ENV A=b
        History     535aabb09655  RUN change <&>
        History     039c72415963  RUN replace
    "#]]
    .assert_eq(&InspectReport(&image).to_string());
    let json = InspectReport(&image).to_json();
    assert_eq!(json["Id"], image.id().to_string());
    assert_eq!(json["Config"]["Cmd"][0], "/bin/tool");
    assert_eq!(json["History"].as_array().unwrap().len(), 4);
}

#[test]
fn layers() {
    let image = sample();
    let analysis = image.analysis().unwrap();
    let report = LayersReport::of(&image, &analysis);
    expect![[r#"
        LAYER  DIFF ID           TAR    ADDED  REPLACED    HIDES   WASTED  CREATED BY
            1  43e72dfa925e  19.46kB  10.06kB        0B       0B  10.05kB  ADD base
            2  535aabb09655  8.192kB       5B       53B  10.05kB      32B  RUN change <&>
            3  039c72415963  3.584kB       0B       32B      32B       0B  RUN replace
    "#]]
    .assert_eq(&report.to_string());
    assert_eq!(report.to_json()[1]["hiddenBytes"], 10_051);
}

#[test]
fn waste() {
    let image = sample();
    let analysis = image.analysis().unwrap();
    let report = WasteReport::of(&image, &analysis);
    expect![[r#"
        10.15kB in all layers, 67B visible, 10.08kB wasted: 0.66 % efficient
        dive says 10.14kB wasted: 0.64 % efficient, 11262.22 % of what is above the lowest layer

        BYTES  LAYER  PATH            HOW
         10kB      1  /var/cache/big  removed by layer 2: RUN change <&>
          32B      2  /etc/passwd     replaced by layer 3: RUN replace
          30B      1  /etc/passwd     replaced by layer 2: RUN change <&>
          21B      1  /bin/other      replaced by layer 2: RUN change <&>
    "#]]
    .assert_eq(&report.to_string());
    assert_eq!(report.to_json()["files"][0]["hiddenByStep"], "RUN change <&>");
}

#[test]
fn files() {
    let tree = sample().tree().unwrap();
    let report = FilesReport::of(&tree, &AbsPath::new("/bin")).unwrap();
    expect![[r#"
        MODE        LINKS  OWNER  SIZE  MODIFIED              PATH
        drwxr-xr-x      2  0:0    4096  2020-09-13T12:26:40Z  /bin
        lrwxrwxrwx      1  0:0       4  2020-09-13T12:26:40Z  /bin/link -> tool
        -rwxr-xr-x      2  0:0      21  2020-09-13T12:26:40Z  /bin/other
        -rwxr-xr-x      2  0:0      21  2020-09-13T12:26:40Z  /bin/tool
    "#]]
    .assert_eq(&report.to_string());
    assert_eq!(report.to_json()[1]["target"], "tool");
    assert!(FilesReport::of(&tree, &AbsPath::new("/nowhere")).is_none());
}

#[test]
fn changes() {
    let image = sample();
    expect![[r#"
        layer 1 43e72dfa925e ADD base
        A /bin
        A /bin/link
        A /bin/other
        A /bin/tool
        A /etc
        A /etc/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
        A /etc/passwd
        A /tmp
        A /var
        A /var/cache
        A /var/cache/big

        layer 2 535aabb09655 RUN change <&>
        C /bin/other
        C /bin/tool
        C /etc/passwd
        C /var/cache
        D /var/cache/big
        A /한글

        layer 3 039c72415963 RUN replace
        C /etc/passwd
        C /var
        C /var/cache
    "#]].assert_eq(&ChangesReport::of_layers(&image, None).unwrap().to_string());
    assert_eq!(ChangesReport::of_layers(&image, Some(3)).unwrap().0.len(), 1);
    let mut older = image.clone();
    older.layers.pop();
    expect![[r#"
        C /var/cache
    "#]]
    .assert_eq(&ChangesReport::between(&older, &image).unwrap().to_string());
}

/// What Docker 28 wrote for the same edits (overlay2; `docker commit`).
#[test]
fn a_replaced_directory_is_opaque_as_overlay2_writes_it() {
    use vfs::{Caller, Fs, NodeId, ResolveFlags, Timestamp};
    let (root, at, flags) = (Caller::root(), NodeId::ROOT, ResolveFlags::NOFOLLOW);
    let mut fs = Fs::default();
    for dir in ["/opt", "/opt/r", "/tmp"] {
        fs.mkdir(&root, at, dir.as_bytes(), 0o755, flags).unwrap();
    }
    support::put(&mut fs, "/opt/r/1", "1\n", 0o644);
    let before = fs.root().clone();
    fs.set_now(Timestamp::from_secs(7));
    fs.unlink(&root, at, b"/opt/r/1", flags).unwrap();
    fs.rmdir(&root, at, b"/opt/r", flags).unwrap();
    fs.mkdir(&root, at, b"/opt/r", 0o755, flags).unwrap();
    support::put(&mut fs, "/opt/r/2", "2\n", 0o644);
    let layer = image::Layer::with_opaque_dirs(&before, fs.root(), Timestamp::default());
    let rows: Vec<String> = layer
        .entries
        .iter()
        .map(|entry| format!("{:o} {} {}", entry.meta.mode, entry.meta.mtime.secs(), entry.path))
        .collect();
    assert_eq!(rows, ["755 7 /opt", "755 7 /opt/r", "755 0 /opt/r/.wh..wh..opq", "644 7 /opt/r/2"]);
}
