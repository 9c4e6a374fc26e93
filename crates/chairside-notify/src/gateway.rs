//! SMS and voice: any gateway that takes a request over HTTP.
//!
//! What the request is made of is written in the settings, with places for the number and the
//! text. [`GatewayBody::usual`] is what Twilio's API takes, and what those who imitate it do:
//! `POST …/Messages.json` with the form fields `To`, `From` and `Body`.
//!
//! **Not supported:** whether the telephone got it, which a gateway tells later, or never. A
//! gateway that does not know the key of a message sends the second attempt at it, too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::http::{Http, Target, secret_header};
use crate::{Channel, Delivery, Failure, Message, Secret, SettingsError};

mod template;

use template::{Place, Template, Values};

/// Letters of a number at most.
const NUMBER_MAX: usize = 64;

/// Which gateway, and what it takes.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
    /// Where it takes messages: `https://…`, or `http://…` to a listed host.
    pub url: String,
    /// What is sent.
    pub body: GatewayBody,
    /// Who we are.
    pub credentials: Option<GatewayCredentials>,
}

/// What is sent to a gateway.
///
/// In every text `{to}` stands for the number, `{text}` for the message in at most
/// [`SHORT_MAX`](crate::SHORT_MAX) characters, `{text_xml}` for the same with `&`, `<` and `>` as
/// XML has them (for a voice gateway's script), `{key}` for what is the same for every attempt, and
/// `{{` and `}}` for the braces themselves. The number and one of the texts must be somewhere.
#[derive(Clone, Debug, PartialEq)]
pub enum GatewayBody {
    /// A form: names and texts.
    Form(Vec<(String, String)>),
    /// JSON, in which every text is looked through.
    Json(Value),
}

/// Who we are for a gateway.
#[derive(Clone, Debug)]
pub enum GatewayCredentials {
    /// A name and a password (HTTP basic).
    Basic {
        /// The name; no `:` in it.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token.
    Bearer(Secret),
    /// A header of the gateway's own: `x-api-key`.
    Header {
        /// Its name.
        name: String,
        /// All of its value.
        value: Secret,
    },
}

/// The channel; an address is a telephone number as the gateway wants it, `+436601234567`.
#[derive(Debug)]
pub struct GatewayChannel {
    http: Http,
    target: Target,
    headers: HeaderMap,
    body: Body,
}

/// The settings' body, parsed.
#[derive(Debug)]
enum Body {
    Form(Vec<(String, Template)>),
    Json(JsonTemplate),
}

#[derive(Debug)]
enum JsonTemplate {
    Text(Template),
    List(Vec<JsonTemplate>),
    Object(Vec<(String, JsonTemplate)>),
    /// A number, a truth value or nothing.
    As(Value),
}

impl GatewayBody {
    /// Returns the form of Twilio's API: `To`, `From` and `Body`.
    #[must_use]
    pub fn usual(from: &str) -> Self {
        // A sender is a number or a name, and nothing in it is a place.
        let from = from.replace('{', "{{").replace('}', "}}");
        let fields = [("To", "{to}"), ("From", &from), ("Body", "{text}")];
        let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
        Self::Form(fields.map(owned).into())
    }
}

impl GatewayChannel {
    /// Makes the channel.
    ///
    /// # Errors
    ///
    /// Says which setting cannot be used, and why.
    pub fn new(settings: &GatewaySettings, http: Http) -> Result<Self, SettingsError> {
        let target = http.target(&settings.url);
        let target = target.map_err(|error| SettingsError::new("url", error))?;
        let mut headers = HeaderMap::new();
        if let Some(credentials) = &settings.credentials {
            let (name, value) = header(credentials)?;
            headers.insert(name, value);
        }
        let mut places = Vec::new();
        let (body, kind) = match &settings.body {
            GatewayBody::Form(fields) => (
                form(fields, &mut places)?,
                "application/x-www-form-urlencoded",
            ),
            GatewayBody::Json(json) => (
                Body::Json(json_template(json, &mut places)?),
                "application/json",
            ),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if !places.contains(&Place::To) {
            return Err(SettingsError::new(
                "body",
                "has no place for the number, {to}",
            ));
        }
        if !places.contains(&Place::Text) && !places.contains(&Place::TextXml) {
            return Err(SettingsError::new(
                "body",
                "has no place for the text, {text}",
            ));
        }
        Ok(Self {
            http,
            target,
            headers,
            body,
        })
    }

    async fn send(&self, message: &Message, to: &str) -> Result<(), Failure> {
        let strange = |letter: char| letter.is_control();
        if to.trim().is_empty() || to.len() > NUMBER_MAX || to.contains(strange) {
            return Err(Failure::lasting("the address is no telephone number"));
        }
        let values = Values {
            to,
            text: &message.short(),
            key: &message.key,
        };
        let body = self.body.fill(&values);
        let answer = self.http.post(&self.target, self.headers.clone(), body);
        answer.await?.taken()
    }
}

impl Channel for GatewayChannel {
    fn deliver<'a>(&'a self, message: &'a Message, address: &'a str) -> Delivery<'a> {
        Box::pin(self.send(message, address))
    }
}

impl Body {
    fn fill(&self, values: &Values<'_>) -> Vec<u8> {
        match self {
            Self::Form(fields) => {
                let mut form = Serializer::new(String::new());
                for (name, template) in fields {
                    form.append_pair(name, &template.fill(values));
                }
                form.finish().into_bytes()
            }
            Self::Json(template) => template.fill(values).to_string().into_bytes(),
        }
    }
}

impl JsonTemplate {
    fn fill(&self, values: &Values<'_>) -> Value {
        match self {
            Self::Text(template) => Value::String(template.fill(values)),
            Self::List(entries) => entries.iter().map(|entry| entry.fill(values)).collect(),
            Self::Object(entries) => entries
                .iter()
                .map(|(name, entry)| (name.clone(), entry.fill(values)))
                .collect(),
            Self::As(value) => value.clone(),
        }
    }
}

fn form(fields: &[(String, String)], places: &mut Vec<Place>) -> Result<Body, SettingsError> {
    let parse = |(name, text): &(String, String)| Ok((name.clone(), template(text, places)?));
    Ok(Body::Form(
        fields.iter().map(parse).collect::<Result<_, _>>()?,
    ))
}

fn json_template(json: &Value, places: &mut Vec<Place>) -> Result<JsonTemplate, SettingsError> {
    Ok(match json {
        Value::String(text) => JsonTemplate::Text(template(text, places)?),
        Value::Array(entries) => {
            let parse = |entry| json_template(entry, places);
            JsonTemplate::List(entries.iter().map(parse).collect::<Result<_, _>>()?)
        }
        Value::Object(entries) => {
            let parse =
                |(name, entry): (&String, _)| Ok((name.clone(), json_template(entry, places)?));
            JsonTemplate::Object(entries.iter().map(parse).collect::<Result<_, _>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => JsonTemplate::As(json.clone()),
    })
}

fn template(text: &str, places: &mut Vec<Place>) -> Result<Template, SettingsError> {
    let template = Template::parse(text).map_err(|why| SettingsError::new("body", why))?;
    places.extend(template.places());
    Ok(template)
}

fn header(credentials: &GatewayCredentials) -> Result<(HeaderName, HeaderValue), SettingsError> {
    const FIELD: &str = "credentials";
    match credentials {
        GatewayCredentials::Basic { user, password } => {
            if user.is_empty() || user.contains(':') {
                return Err(SettingsError::new(
                    FIELD,
                    "the user's name has a `:`, or is none",
                ));
            }
            let pair = BASE64.encode(format!("{user}:{}", password.expose()));
            let value = secret_header(FIELD, &format!("Basic {pair}"))?;
            Ok((AUTHORIZATION, value))
        }
        GatewayCredentials::Bearer(token) => {
            let value = secret_header(FIELD, &format!("Bearer {}", token.expose()))?;
            Ok((AUTHORIZATION, value))
        }
        GatewayCredentials::Header { name, value } => {
            let bad = |_none| SettingsError::new(FIELD, format!("{name:?} is no header's name"));
            let name: HeaderName = name.parse().map_err(bad)?;
            Ok((name, secret_header(FIELD, value.expose())?))
        }
    }
}

#[cfg(test)]
mod tests;
