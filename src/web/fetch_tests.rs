//! A reader against real servers on this machine, and names that answer as they are told.

use super::*;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use wiremock::matchers::{header_exists, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Names as a hostile server of names would answer.
#[derive(Debug, Default)]
struct Made(BTreeMap<&'static str, Vec<&'static str>>);

#[async_trait]
impl Names for Made {
    async fn look_up(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        let Some(found) = self.0.get(name) else {
            return Err(io::Error::other("no such name"));
        };
        let at = |ip: &&str| SocketAddr::new(ip.parse().unwrap(), 0);
        Ok(found.iter().map(at).collect())
    }
}

fn public(names: &[(&'static str, &[&'static str])]) -> Reader {
    let names = names.iter().map(|(name, ips)| (*name, ips.to_vec()));
    Reader::with(
        Reach::Public,
        Arc::new(Made(names.collect())),
        Timing::default(),
    )
}

fn here() -> Reader {
    Reader::new(Reach::OwnMachineToo)
}

fn html(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "text/html; charset=utf-8")
}

fn picture() -> Vec<u8> {
    let mut bytes = io::Cursor::new(Vec::new());
    image::RgbImage::new(4, 3)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

#[tokio::test]
async fn title_description_and_picture_are_read() {
    let server = MockServer::start().await;
    let page = "<title>Plain</title><meta property=og:title content='A päge'>\
        <meta name=description content='Its words'><meta property=og:image content='/p.png'>";
    serve(&server, "/a", html(page)).await;
    let answer = ResponseTemplate::new(200).set_body_raw(picture(), "image/png");
    serve(&server, "/p.png", answer).await;
    let told = here().read(&format!("{}/a", server.uri())).await.unwrap();
    assert_eq!(
        told,
        Told {
            title: "A päge".to_owned(),
            description: "Its words".to_owned(),
            picture: Some(picture()),
        }
    );
}

#[tokio::test]
async fn it_says_who_asks_and_carries_nothing_else() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(302)
        .insert_header("location", "/b")
        .insert_header("set-cookie", "id=1; Path=/");
    Mock::given(header_exists("user-agent"))
        .and(path("/a"))
        .respond_with(answer)
        .mount(&server)
        .await;
    serve(&server, "/b", html("<title>There</title>")).await;
    let told = here().read(&format!("{}/a", server.uri())).await.unwrap();
    assert_eq!(told.title, "There");
    let asked: Vec<Request> = server.received_requests().await.unwrap();
    assert_eq!(asked.len(), 2);
    for request in &asked {
        let said = |name: &str| request.headers.get(name);
        let agent = said("user-agent").unwrap().to_str().unwrap();
        assert!(agent.starts_with("masthead/"), "{agent}");
        for secret in ["cookie", "authorization", "referer", "x-forwarded-for"] {
            assert!(said(secret).is_none(), "{secret}");
        }
    }
}

#[tokio::test]
async fn a_picture_that_is_none_is_left_out() {
    let server = MockServer::start().await;
    let large = vec![0_u8; MOST_PICTURE + 1];
    for (at, answer) in [
        ("/gone", ResponseTemplate::new(404)),
        ("/text", html("no picture")),
        (
            "/large",
            ResponseTemplate::new(200).set_body_raw(large, "image/png"),
        ),
        (
            "/away",
            ResponseTemplate::new(302).insert_header("location", "http://10.0.0.1/p.png"),
        ),
    ] {
        serve(&server, at, answer).await;
        let page = format!("<title>Still</title><meta property=og:image content='{at}'>");
        let from = format!("/page{at}");
        serve(&server, &from, html(&page)).await;
        let told = here().read(&format!("{}{from}", server.uri())).await;
        let told = told.unwrap();
        assert_eq!((told.title.as_str(), told.picture), ("Still", None), "{at}");
    }
}

#[tokio::test]
async fn what_is_no_page_is_told_as_what_it_is() {
    let server = MockServer::start().await;
    serve(&server, "/gone", ResponseTemplate::new(404)).await;
    serve(&server, "/sick", ResponseTemplate::new(503)).await;
    let pdf = ResponseTemplate::new(200).set_body_raw(b"%PDF".to_vec(), "application/pdf");
    serve(&server, "/paper", pdf).await;
    let to_itself = ResponseTemplate::new(301).insert_header("location", "/round");
    serve(&server, "/round", to_itself).await;
    serve(&server, "/nowhere", ResponseTemplate::new(302)).await;
    for (at, words) in [
        ("/gone", "answered 404"),
        ("/sick", "answered 503"),
        ("/nowhere", "answered 302"),
        ("/paper", "application/pdf"),
        ("/round", "sends on more than 5 times"),
    ] {
        let error = here().read(&format!("{}{at}", server.uri())).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(words), "{at}: {error}");
    }
}

#[tokio::test]
async fn of_an_endless_page_the_beginning_is_read() {
    let server = MockServer::start().await;
    let page = format!("<title>Early</title>{}", "x".repeat(10 * MOST_PAGE));
    serve(&server, "/a", html(&page)).await;
    let told = here().read(&format!("{}/a", server.uri())).await.unwrap();
    assert_eq!(told.title, "Early");
    let endless = format!("<title>{}</title>", "y".repeat(10 * MOST_PAGE));
    serve(&server, "/b", html(&endless)).await;
    let told = here().read(&format!("{}/b", server.uri())).await.unwrap();
    assert!(told.title.chars().count() <= 200);
}

#[tokio::test]
async fn a_slow_page_ends_and_a_slow_picture_does_not_take_its_page_along() {
    let server = MockServer::start().await;
    let reader = Reader::with(
        Reach::OwnMachineToo,
        Arc::new(SystemNames),
        Timing {
            total: Duration::from_millis(1500),
        },
    );
    let late = Duration::from_secs(60);
    serve(&server, "/slow", html("<title>Late").set_delay(late)).await;
    let error = reader.read(&format!("{}/slow", server.uri())).await;
    assert!(matches!(error, Err(PageError::TooSlow(_))), "{error:?}");
    let page = "<title>In time</title><meta property=og:image content=/p.png>";
    serve(&server, "/a", html(page)).await;
    let answer = ResponseTemplate::new(200).set_body_raw(picture(), "image/png");
    serve(&server, "/p.png", answer.set_delay(late)).await;
    let told = reader.read(&format!("{}/a", server.uri())).await.unwrap();
    assert_eq!((told.title.as_str(), told.picture), ("In time", None));
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_range_is_never_connected_to() {
    let server = MockServer::start().await;
    serve(&server, "/", html("<title>Secret</title>")).await;
    let port = server.address().port();
    let cases: [&[&'static str]; 5] = [
        &["127.0.0.1"],
        &["::ffff:127.0.0.1"],
        &["10.0.0.7"],
        &["169.254.169.254"],
        // One public answer does not wash the other.
        &["93.184.216.34", "127.0.0.1"],
    ];
    for ips in cases {
        let reader = public(&[("page.example", ips)]);
        let error = reader.read(&format!("http://page.example:{port}/")).await;
        assert_eq!(
            error,
            Err(PageError::NotPublic(format!("page.example:{port}"))),
            "{ips:?}"
        );
    }
    let error = public(&[]).read("http://no.example/").await;
    assert_eq!(error, Err(PageError::Unreachable("no.example".to_owned())));
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn addresses_of_this_machine_are_refused_before_anything_is_sent() {
    let server = MockServer::start().await;
    serve(&server, "/", html("<title>Secret</title>")).await;
    let port = server.address().port();
    for address in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://localhost:{port}/"),
    ] {
        let reader = Reader::new(Reach::Public);
        let error = reader.read(&address).await;
        assert!(
            matches!(error, Err(PageError::NotPublic(_))),
            "{address}: {error:?}"
        );
    }
    for address in ["", "example.org", "ftp://127.0.0.1/", "file:///etc/passwd"] {
        let error = here().read(address).await;
        assert!(matches!(error, Err(PageError::NoAddress(_))), "{address}");
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_out_of_its_zone_is_not_followed() {
    let server = MockServer::start().await;
    for (at, to) in [
        ("/private", "http://192.168.0.1/"),
        ("/metadata", "http://169.254.169.254/latest/"),
        ("/name", "http://inside.example/"),
    ] {
        let answer = ResponseTemplate::new(302).insert_header("location", to);
        serve(&server, at, answer).await;
        let error = here().read(&format!("{}{at}", server.uri())).await;
        let is_refused = matches!(
            error,
            Err(PageError::NotPublic(_) | PageError::Unreachable(_))
        );
        assert!(is_refused, "{at}: {error:?}");
    }
    let answer = ResponseTemplate::new(302).insert_header("location", "file:///etc/passwd");
    serve(&server, "/file", answer).await;
    let error = here().read(&format!("{}/file", server.uri())).await;
    assert!(matches!(error, Err(PageError::NoAddress(_))), "{error:?}");
}
