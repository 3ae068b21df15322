//! What the program says about itself: help that teaches, and manual pages that name every command.

use super::Desk;

/// The names under a head of `--help`, up to the next blank line.
fn commands(help: &str) -> Vec<&str> {
    let (_, after) = help.split_once("Commands:\n").unwrap();
    let (list, _) = after.split_once("\n\n").unwrap();
    list.lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

#[test]
fn help_ends_with_first_steps_that_are_commands_of_the_program() {
    let desk = Desk::new();
    let help = desk.run(&["--help"], "").good();
    let (_, steps) = help.split_once("First steps:\n").unwrap();
    let (steps, _) = steps.split_once("\n\n").unwrap();
    let known = commands(&help);
    for step in steps.lines() {
        let mut words = step.split_whitespace();
        assert_eq!(words.next(), Some("masthead"), "{step}");
        let word = words.next().unwrap();
        assert!(known.contains(&word) || word == "your", "{step}");
    }
    let widest = help.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?} columns");
}

#[test]
fn the_manual_page_names_every_command_and_needs_no_configuration() {
    let desk = Desk::new();
    std::fs::write(desk.path("config.toml"), "broken = = \n").unwrap();
    let help = desk.run(&["--help"], "").good();
    let page = desk.run(&["man"], "").good();
    for head in [
        "NAME",
        "FIRST STEPS",
        "OPTIONS",
        "FILES",
        "ENVIRONMENT",
        "EXIT STATUS",
    ] {
        assert!(
            page.contains(&format!(".SH \"{head}\"")) || page.contains(&format!(".SH {head}")),
            "{head}"
        );
    }
    desk.run(&["man", "--dir", "pages"], "").good();
    assert_eq!(
        std::fs::read_to_string(desk.path("pages/masthead.1")).unwrap(),
        page
    );
    for command in commands(&help) {
        let escaped = command.replace('-', "\\-");
        assert!(
            page.contains(&format!("masthead\\-{escaped}(1)")),
            "{command}"
        );
        assert!(
            desk.path(&format!("pages/masthead-{command}.1")).is_file(),
            "{command}"
        );
    }
}
