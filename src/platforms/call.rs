//! One request, described: what a platform's file puts together and `http.rs` sends.
//!
//! Nothing is sent here. May hold a token or a password, so it cannot be printed.

use super::http::LONGEST_ANSWER;
use super::stream::Chunks;
use crate::secrets::Secret;
use reqwest::{Client, Method, RequestBuilder, header, multipart};
use std::time::Duration;
use url::Url;

/// What a call carries; may hold a password, so it cannot be printed.
pub(super) enum Body {
    Empty,
    Json(String),
    Form(Vec<(&'static str, String)>),
    Raw {
        mime: String,
        bytes: Vec<u8>,
    },
    Multipart(Upload),
    /// A file that is read while it is sent.
    Streamed {
        mime: String,
        chunks: Chunks,
    },
    /// The same as a form; the bytes of the upload are empty.
    MultipartStreamed(Upload, Chunks),
}

/// A file with its description, as a form.
pub(super) struct Upload {
    /// What the form calls the file.
    pub field: &'static str,
    pub name: String,
    pub mime: String,
    pub bytes: Vec<u8>,
    pub description: String,
    /// Further fields of the form.
    pub fields: Vec<(&'static str, String)>,
}

/// One request, described.
pub(super) struct Call<'a> {
    pub method: Method,
    pub url: String,
    query: Vec<(&'static str, &'a str)>,
    bearer: Option<&'a Secret>,
    basic: Option<(&'a str, &'a Secret)>,
    authorization: Option<&'a Secret>,
    headers: Vec<(&'static str, &'a str)>,
    body: Body,
    pub timeout: Option<Duration>,
    pub most: usize,
    pub enough: Option<&'static str>,
}

impl<'a> Call<'a> {
    pub fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            query: Vec::new(),
            bearer: None,
            basic: None,
            authorization: None,
            headers: Vec::new(),
            body: Body::Empty,
            timeout: None,
            most: LONGEST_ANSWER,
            enough: None,
        }
    }

    pub fn read(url: String) -> Self {
        Self::new(Method::GET, url)
    }

    pub fn post(url: String, body: Body) -> Self {
        Self::new(Method::POST, url).with_body(body)
    }

    pub fn put(url: String, body: Body) -> Self {
        Self::new(Method::PUT, url).with_body(body)
    }

    pub fn patch(url: String, body: Body) -> Self {
        Self::new(Method::PATCH, url).with_body(body)
    }

    pub fn delete(url: String) -> Self {
        Self::new(Method::DELETE, url)
    }

    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub fn query(mut self, name: &'static str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    pub fn bearer(mut self, token: &'a Secret) -> Self {
        self.bearer = Some(token);
        self
    }

    /// Names the account with the call (RFC 7617).
    pub fn basic(mut self, name: &'a str, password: &'a Secret) -> Self {
        self.basic = Some((name, password));
        self
    }

    /// Gives the whole value of `Authorization`, where it is neither a token nor a name and a password.
    pub fn authorization(mut self, value: &'a Secret) -> Self {
        self.authorization = Some(value);
        self
    }

    /// Returns what a signature is made of: method, address, query.
    pub fn signed_parts(&self) -> (&str, &str, &[(&'static str, &'a str)]) {
        (self.method.as_str(), &self.url, &self.query)
    }

    /// Reads an answer up to this length, in bytes, where the usual one is too short.
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.most = bytes;
        self
    }

    /// Takes a success whose head has this header for the whole answer: its body, which may be cut, is not read.
    pub fn enough(mut self, header: &'static str) -> Self {
        self.enough = Some(header);
        self
    }

    pub fn header(mut self, name: &'static str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Returns the request that reqwest sends.
    pub fn described(self, client: &Client, url: Url) -> reqwest::Result<RequestBuilder> {
        let mut request = client.request(self.method, url);
        if !self.query.is_empty() {
            request = request.query(&self.query);
        }
        if let Some(token) = self.bearer {
            // Marks the header as sensitive, so that no log shows it.
            request = request.bearer_auth(token.expose());
        }
        if let Some((name, password)) = self.basic {
            request = request.basic_auth(name, Some(password.expose()));
        }
        if let Some(value) = self.authorization {
            // What cannot be a header is left out, and the server says that it is missing.
            if let Ok(mut value) = header::HeaderValue::from_str(value.expose()) {
                value.set_sensitive(true);
                request = request.header(header::AUTHORIZATION, value);
            }
        }
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        Ok(match self.body {
            Body::Empty => request,
            Body::Json(text) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(text),
            Body::Form(fields) => request.form(&fields),
            Body::Raw { mime, bytes } => request.header(header::CONTENT_TYPE, mime).body(bytes),
            Body::Multipart(mut upload) => {
                let file = multipart::Part::bytes(std::mem::take(&mut upload.bytes));
                request.multipart(upload.form(file)?)
            }
            Body::Streamed { mime, chunks } => request
                .header(header::CONTENT_TYPE, mime)
                .header(header::CONTENT_LENGTH, chunks.length())
                .body(reqwest::Body::wrap(chunks)),
            Body::MultipartStreamed(upload, chunks) => {
                let length = chunks.length();
                let file = reqwest::Body::wrap(chunks);
                let file = multipart::Part::stream_with_length(file, length);
                request.multipart(upload.form(file)?)
            }
        })
    }
}

impl Upload {
    /// Returns the form with this for its file.
    fn form(self, file: multipart::Part) -> reqwest::Result<multipart::Form> {
        let file = file.file_name(self.name).mime_str(&self.mime)?;
        let mut form = multipart::Form::new();
        // Before the file: a server may begin to work on that as soon as it has it.
        if !self.description.is_empty() {
            form = form.text("description", self.description);
        }
        for (name, value) in self.fields {
            form = form.text(name, value);
        }
        Ok(form.part(self.field, file))
    }
}
