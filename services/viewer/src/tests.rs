use super::*;

fn page() -> String {
    let page = asset("/").expect("there is always a page");
    String::from_utf8(page.bytes.into_owned()).expect("the page is UTF-8")
}

/// The values of `src="..."` and `href="..."` in the page.
fn linked(page: &str) -> Vec<&str> {
    [" src=\"", " href=\""]
        .iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .filter_map(|rest| rest.split_once('"').map(|(link, _)| link))
        .collect()
}

#[test]
fn the_page_is_html_under_both_its_paths() {
    let page = asset("/").expect("there is always a page");
    assert_eq!(page.content_type, "text/html; charset=utf-8");
    assert_eq!(page.etag.len(), 66, "{}", page.etag);
    assert_eq!(asset("index.html"), Some(page));
}

#[test]
fn whatever_the_page_links_to_is_embedded_and_may_be_kept_for_ever() {
    let page = page();
    for link in linked(&page) {
        let file = asset(link).expect(link);
        assert!(!file.bytes.is_empty(), "{link}");
        assert_ne!(file.content_type, "application/octet-stream", "{link}");
        assert!(is_immutable(link), "{link}");
    }
}

/// The server's content security policy forbids all but the one script that it is told of, and nothing
/// may come from elsewhere.
#[test]
fn the_page_has_one_script_in_itself_and_no_foreign_link() {
    let page = page();
    let (ours, linked): (Vec<_>, Vec<_>) = page
        .split("<script")
        .skip(1)
        .partition(|script| script.starts_with('>'));
    assert!(ours.len() <= 1, "{ours:?}");
    assert_eq!(scripts_in(&page).count(), ours.len());
    for script in linked {
        assert!(
            script.trim_start().starts_with("type=\"module\""),
            "{script}"
        );
        assert!(script.contains("src=\"/assets/"), "{script}");
    }
    assert!(
        !page.contains("<style") && !page.contains(" style="),
        "{page}"
    );
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "{page}"
    );
}

#[test]
fn other_paths_lead_nowhere() {
    for path in [
        "nothing.js",
        "../Cargo.toml",
        "assets",
        "placeholder.html",
        "lib.rs",
    ] {
        assert_eq!(asset(path), None, "{path}");
    }
}
