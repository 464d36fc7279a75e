// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is loaded, and what the kernel's log says.

use super::{
    doctor,
    json,
    machine,
    put,
    Files,
    OLD, //
};
use serde_json::json;
use std::fs;

const REPORTS: &str = "sys/kernel/debug/btf_reconcile/modules";

/// A machine that runs the older kernel, with these modules.
fn running(modules: &[&str]) -> Files {
    let files = machine();
    put(
        &files,
        "proc/sys/kernel/osrelease",
        format!("{OLD}\n").as_bytes(),
    );
    let lines = modules
        .iter()
        .map(|name| format!("{name} 4096 0 - Live 0x0\n"));
    put(&files, "proc/modules", lines.collect::<String>().as_bytes());
    put(&files, "dev/kmsg", b"");
    files
}

/// What our module says of one.
fn report(verdict: &str, why: Option<&str>) -> Vec<u8> {
    let kfunc = json!({"name": "a_kfunc", "of": "a_set", "usable": false, "why": why});
    let report = json!({
        "verdict": verdict,
        "why": why,
        "counts": {"slots": 3, "kfuncs": 1, "unusable": 1},
        "kfuncs": [kfunc],
        "us": 12,
    });
    report.to_string().into_bytes()
}

#[test]
fn what_became_of_loaded_modules_is_told() {
    let files = running(&["btf_reconcile", "stale", "left", "fine"]);
    let summary = "sys/module/btf_reconcile/parameters/summary";
    put(&files, summary, b"fit 1, withheld 1, left 1\n");
    let why = "type [3]: refers to [7], a FUNC, which can't stand there";
    for (name, report) in [
        ("stale", report("stale", Some(why))),
        ("left", report("left", Some("refused (strict)"))),
        ("fine", br#"{"verdict": "fits", "why": null}"#.to_vec()),
    ] {
        put(&files, &format!("{REPORTS}/{name}/report.json"), &report);
    }
    let only = format!("--kernel {OLD}");
    let text = doctor(&files, 1, &only);
    let expected = "kernel 7.2.9-demo, running, BTF in /boot/vmlinux-7.2.9-demo\n\
         \x20 btf_reconcile: not there for this kernel\n\
         \x20 2 modules: 2 fit; a stock kernel accepts 2\n\
         loaded now: 4 modules, btf_reconcile among them: fit 1, withheld 1, left 1\n\
         \x20 stale loses its BTF, 1 kfunc and 2 ids: made for another kernel, rebuild it\n\
         \x20 left was left to the kernel: refused (strict)\n\
         kernel log: nothing of modules whose BTF is of no use\n";
    assert_eq!(text, expected);
    // By its notes it is known which kernel it is of.
    let mut noted: serde_json::Value = serde_json::from_slice(&report("stale", Some(why))).unwrap();
    noted["built_against"] = json!({
        "release": "7.1", "build_id": "0a1b", "btf_sha256": null,
        "this_kernel": false, "contradicts": false,
    });
    let at = format!("{REPORTS}/stale/report.json");
    put(&files, &at, noted.to_string().as_bytes());
    let text = doctor(&files, 1, &only);
    let expected =
        "loses its BTF, 1 kfunc and 2 ids: built against 7.1 (build id 0a1b), rebuild it\n";
    assert!(text.contains(expected), "{text}");
    let document = json(&files, 1, &only);
    assert_eq!(document["loaded"]["reconciler"], true);
    assert_eq!(document["loaded"]["reports"], 3);
    assert_eq!(document["loaded"]["losses"][0]["name"], "stale");

    // What is not for everybody to read is said, and no error.
    fs::remove_dir_all(files.path("machine/sys/kernel")).unwrap();
    fs::remove_file(files.path("machine/dev/kmsg")).unwrap();
    let text = doctor(&files, 0, &only);
    let end = format!(
        "loaded now: 4 modules, btf_reconcile among them: fit 1, withheld 1, left 1\n\
         not read: /{REPORTS}: No such file or directory (os error 2)\n\
         not read: /dev/kmsg: No such file or directory (os error 2)\n"
    );
    assert!(text.ends_with(&end), "{text}");
    put(&files, &format!("{REPORTS}/x/report.json"), b"{");
    let text = doctor(&files, 0, &only);
    assert!(text.contains("x/report.json: EOF while parsing"), "{text}");
    fs::remove_file(files.path("machine/proc/modules")).unwrap();
    let text = doctor(&files, 0, &only);
    assert!(!text.contains("loaded now"), "{text}");
    assert!(
        text.contains("\nnot read: /proc/modules: No such file"),
        "{text}"
    );
}

#[test]
fn it_may_be_in_the_kernel() {
    let files = running(&["stale"]);
    let summary = "sys/module/btf_reconcile/parameters/summary";
    put(&files, summary, b"withheld 1\n");
    let why = "type [3]: refers to [7], a FUNC, which can't stand there";
    let report = report("stale", Some(why));
    put(&files, &format!("{REPORTS}/stale/report.json"), &report);
    let text = doctor(&files, 1, &format!("--kernel {OLD}"));
    let expected = "\nloaded now: 1 module, btf_reconcile in the kernel: withheld 1\n\
                    \x20 stale loses its BTF,";
    assert!(text.contains(expected), "{text}");
}

/// One kernel says nothing of what it leaves out.
#[test]
fn btf_that_was_left_out_is_missed() {
    let files = running(&["own", "demo", "unknown"]);
    let only = format!("--kernel {OLD}");
    // No module has BTF there.
    let text = doctor(&files, 0, &only);
    assert!(
        text.contains("\nloaded now: 3 modules, without btf_reconcile\n"),
        "{text}"
    );
    put(&files, "sys/kernel/btf/own", b"");
    let text = doctor(&files, 1, &only);
    assert!(
        text.contains("\n  demo is loaded without the BTF that its file has\nkernel log"),
        "{text}"
    );
}

#[test]
fn the_log_is_read() {
    let files = running(&[]);
    let log = "[    1.0] failed to validate module [old_one] BTF: -22\n\
               [    2.0] btf_reconcile: other: .BTF: type [3]: why; made for another kernel, its \
               BTF is withheld: rebuild it\n\
               [    3.0] btf_reconcile: noted: .BTF: type [3]: why; built against 7.1 (build id \
               0a1b), its BTF is withheld: rebuild it\n\
               [    4.0] btf_reconcile: fine: reconciled: 2 types mapped, 0 carried, 1 ids \
               translated, 9 us, built against 7.1 (build id 0a1b)\n";
    put(&files, "dev/kmsg", log.as_bytes());
    let only = format!("--kernel {OLD}");
    let expected = "kernel log:\n\
         \x20 old_one: refused by the kernel (-22)\n\
         \x20 other: .BTF: type [3]: why; made for another kernel, its BTF is withheld: rebuild it\n\
         \x20 noted: .BTF: type [3]: why; built against 7.1 (build id 0a1b), its BTF is withheld: \
         rebuild it\n";
    let text = doctor(&files, 1, &only);
    assert!(text.ends_with(expected), "{text}");
    // What was helped later is well now.
    let better = "[    5.0] btf_reconcile: other: reconciled: 2 types mapped, 0 carried, 1 ids\n\
                  [    6.0] btf_reconcile: noted: reconciled: 2 types mapped, 0 carried, 1 ids\n";
    put(&files, "dev/kmsg", format!("{log}{better}").as_bytes());
    let text = doctor(&files, 1, &only);
    assert!(
        text.ends_with("kernel log:\n  old_one: refused by the kernel (-22)\n"),
        "{text}"
    );
    // A file with it takes its place, and does where no kernel runs.
    files.write(
        "log",
        b"[ 1.0] Kernel module BTF mismatch detected, BTF debug info may\n",
    );
    let text = doctor(&files, 1, &format!("{only} --log log"));
    assert!(
        text.ends_with(
            "kernel log:\n  modules without names: their BTF was left out by the kernel\n"
        ),
        "{text}"
    );
    fs::remove_file(files.path("machine/proc/sys/kernel/osrelease")).unwrap();
    let document = json(&files, 1, &format!("{only} --log log"));
    assert_eq!(document["log"]["nameless"], true);
    assert!(document["loaded"].is_null());
    let text = doctor(&files, 0, &only);
    assert!(!text.contains("kernel log"), "{text}");
    let text = doctor(&files, 2, &format!("{only} --log none"));
    assert_eq!(
        text,
        "btf-reconcile: none: No such file or directory (os error 2)\n"
    );
}
