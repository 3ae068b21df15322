//! Is a folder on a network file system, where SQLite's locks and ours cannot be trusted?
//!
//! Reads the kernel's own list of mounts; elsewhere than on Linux the answer is "no".

use std::path::Path;

/// File systems whose locks other machines may not see.
const NETWORKED: &[&str] = &[
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ncpfs",
    "9p",
    "afs",
    "coda",
    "ceph",
    "lustre",
    "gpfs",
    "glusterfs",
    "beegfs",
    "ocfs2",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.davfs2",
    "fuse.s3fs",
    "fuse.smbnetfs",
    "fuse.gvfsd-fuse",
];

/// Whether `path` (or, while it does not exist, the folder that it will be in) is on a network file system.
pub fn on_network_file_system(path: &Path) -> bool {
    let existing = path.ancestors().find_map(|part| part.canonicalize().ok());
    let mounts = std::fs::read_to_string("/proc/mounts");
    match (existing, mounts) {
        (Some(path), Ok(mounts)) => is_networked(&mounts, &path),
        _ => false,
    }
}

fn is_networked(mounts: &str, path: &Path) -> bool {
    let mut deepest = (0, false);
    for line in mounts.lines() {
        let mut fields = line.split(' ').skip(1);
        let (Some(point), Some(kind)) = (fields.next(), fields.next()) else {
            continue;
        };
        let point = unescape(point);
        let depth = Path::new(&point).components().count();
        // A later mount on the same point hides the earlier one.
        if path.starts_with(&point) && depth >= deepest.0 {
            deepest = (depth, NETWORKED.contains(&kind));
        }
    }
    deepest.1
}

/// Undoes the octal escapes of `/proc/mounts` (proc(5), fstab(5): space, tab, newline and backslash).
fn unescape(field: &str) -> String {
    field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n\
        /dev/sdb1 /home/local ext4 rw 0 0\n//nas/team /mnt/team\\040share cifs rw 0 0\n";

    #[test]
    fn the_deepest_mount_decides_whether_a_file_is_on_the_network() {
        let networked = |path: &str| is_networked(MOUNTS, Path::new(path));
        assert!(networked("/home/ada/masthead.db"));
        assert!(networked("/mnt/team share/masthead.db"));
        assert!(!networked("/home/local/masthead.db"));
        assert!(!networked("/homestead/masthead.db"));
        assert!(!networked("/srv/masthead.db"));
    }
}
