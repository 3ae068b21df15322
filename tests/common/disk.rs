//! Disks that go wrong under a running program: one of a few megabytes that can be filled, files that the kernel lets nobody
//! write any more, and a file system that turns read-only after an error.
//!
//! A test that needs a disk of its own is run again inside a namespace that has one; where that is not allowed it is skipped
//! with the reason.
#![allow(dead_code)] // each suite uses its own part of this

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Set for the copy of this program that runs on a disk of its own: the disk.
const OWN_DISK: &str = "MASTHEAD_TEST_OWN_DISK";

/// Where the disk of this copy of the program is; `None` for the one that was started first.
pub fn own() -> Option<PathBuf> {
    std::env::var_os(OWN_DISK).map(PathBuf::from)
}

/// Runs one test of this program again on a disk of so many megabytes in memory, and prints what it says.
pub fn on_a_small_one(megabytes: u32, test: &str, says: &str) {
    let mount = format!(
        "mount -t tmpfs -o size={megabytes}m masthead \"${OWN_DISK}\" || exit 77; exec \"$0\" \"$@\""
    );
    let namespaces = ["--user", "--map-root-user", "--mount"];
    on_one_of_its_own(&namespaces, &mount, test, says);
}

/// Runs one test of this program again on a file system that can be told that it has an error (`fail`).
pub fn on_one_that_can_fail(test: &str, says: &str) {
    // Only the machine's own root may mount such a file system; with the namespace everything about it goes.
    let mount = format!(
        "exec 3>&2 2>&1; PATH=$PATH:/usr/sbin:/sbin; disk=\"${OWN_DISK}\"
         [ \"$(id -u)\" = 0 ] && truncate -s 24m \"$disk.image\" && mkfs.ext4 -q -F -m 0 \"$disk.image\" \
           && mount -o loop,errors=remount-ro \"$disk.image\" \"$disk\" || exit 77
         exec 2>&3; exec \"$0\" \"$@\""
    );
    on_one_of_its_own(&["--mount"], &mount, test, says);
}

fn on_one_of_its_own(namespaces: &[&str], mount: &str, test: &str, says: &str) {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let ran = Command::new("unshare")
        .args(namespaces)
        .args(["sh", "-c", mount])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(OWN_DISK, &disk)
        .env("TMPDIR", &disk)
        .output();
    match ran {
        Ok(Output { status, stdout, .. }) if status.success() => {
            let said = String::from_utf8_lossy(&stdout).into_owned();
            assert!(said.contains(says), "{said}");
            print!("{said}");
        }
        Ok(ran) => {
            let said = [ran.stdout, ran.stderr].concat();
            let why = String::from_utf8_lossy(&said).into_owned();
            assert!(!why.contains("panicked"), "{why}");
            println!("skipped: no disk of its own can be mounted here: {why}");
        }
        Err(error) => println!("skipped: unshare cannot be run here: {error}"),
    }
}

/// Fills what is left of a disk, to the last byte.
pub fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("filler");
    let mut file = File::create(&path).unwrap();
    for size in [65_536, 512, 1] {
        while file.write_all(&vec![b'x'; size]).is_ok() {}
    }
    path
}

/// Tells the file system of this copy's disk that it has an error: from then on it lets nobody write.
pub fn fail(disk: &Path) {
    // Half a minute later all that was written before would be on the disk by itself.
    run("sync", &["-f"], disk).unwrap();
    let device = run("findmnt", &["-n", "-o", "SOURCE"], disk).unwrap();
    let device = device.trim().trim_start_matches("/dev/");
    std::fs::write(format!("/sys/fs/ext4/{device}/trigger_fs_error"), "1").unwrap();
    assert!(File::create(disk.join("probe")).is_err(), "it still writes");
}

/// Mends the file system of this copy's disk; nobody may use it meanwhile.
pub fn mend(disk: &Path) {
    run("umount", &[], disk).unwrap();
    let image = disk.with_extension("image");
    // 1 says that errors were corrected.
    let checked = Command::new("/usr/sbin/e2fsck")
        .args(["-f", "-y"])
        .arg(&image)
        .output();
    assert!(matches!(checked.unwrap().status.code(), Some(0 | 1)));
    let image = image.display().to_string();
    run("mount", &["-o", "loop", &image], disk).unwrap();
}

/// Files and folders that the kernel lets nobody write, whoever has them open, until this is dropped: what a disk that was
/// made read-only does to a running program, with a way back.
#[derive(Debug)]
pub struct ReadOnly(Vec<PathBuf>);

impl ReadOnly {
    /// Makes them so; the error says why that is not possible here.
    pub fn make(paths: Vec<PathBuf>) -> Result<Self, String> {
        let folder = tempfile::tempdir_in(paths[0].parent().unwrap()).unwrap();
        let probe = folder.path().join("probe");
        let mut open = OpenOptions::new();
        let mut file = open.create_new(true).write(true).open(&probe).unwrap();
        let tried = Self::immutable(vec![probe])?;
        if file.write_all(b"x").is_ok() {
            return Err("whoever has a file open here may always write it".to_owned());
        }
        drop((tried, file));
        drop(folder);
        Self::immutable(paths)
    }

    fn immutable(paths: Vec<PathBuf>) -> Result<Self, String> {
        let made = Self(paths);
        for path in &made.0 {
            run("chattr", &["+i"], path)?;
        }
        Ok(made)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            let _ = run("chattr", &["-i"], path);
        }
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> Result<String, String> {
    let ran = Command::new(program).args(arguments).arg(path).output();
    let ran = ran.map_err(|error| format!("{program} cannot be run here: {error}"))?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
    }
    Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned())
}
