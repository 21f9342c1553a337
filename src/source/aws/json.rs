//! Services that are asked in JSON and need no client of their own: `POST /`, the operation in a
//! header, signed. Time-outs, retries and credentials are those of the SDK's clients, for it is what
//! they are made of.
//!
//! Protocol: "AWS JSON 1.1 protocol" of Smithy.

use super::Settings;
use super::failure::Failure;
use crate::event::{Reason, ReasonKind};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_runtime::service_clock_skew::{ServiceClockSkewClassifier, ServiceClockSkewInterceptor};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{
    HttpStatusCodeClassifier, TransientErrorClassifier,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

/// A service, by the names that it has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    /// In the settings of single services, as in `AWS_ENDPOINT_URL_CLOUDTRAIL`.
    pub(super) id: &'static str,
    /// What its hosts begin with, and what signatures call it.
    pub(super) host: &'static str,
    /// What stands before the operation in `X-Amz-Target`.
    pub(super) target: &'static str,
}

/// Asks a service in one Region.
pub(super) async fn ask(
    (settings, config): (&Settings, &SdkConfig),
    service: Service,
    region: &str,
    (operation, input): (&'static str, &Value),
) -> Result<Value, Failure> {
    let endpoint = settings.endpoint.clone().unwrap_or_else(|| endpoint(config, service, region));
    let input = serde_json::to_vec(input).map_err(|error| Failure::Way(error.to_string()))?;
    let target = format!("{}.{operation}", service.target);
    let mut asked = Operation::builder()
        .service_name(service.id)
        .operation_name(operation)
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&endpoint)
        .with_connection_poisoning()
        .interceptor(ServiceClockSkewInterceptor::new())
        .retry_classifier(ServiceClockSkewClassifier::<Refusal>::new())
        .retry_classifier(HttpStatusCodeClassifier::default())
        .retry_classifier(TransientErrorClassifier::<Refusal>::new())
        .retry_classifier(AwsErrorCodeClassifier::<Refusal>::new())
        .runtime_plugin(signed(config, service, region));
    if let Some(client) = config.http_client() {
        asked = asked.http_client(client);
    }
    if let Some(retries) = config.retry_config() {
        asked = asked.standard_retry(retries);
    }
    if let Some(timeouts) = config.timeout_config() {
        asked = asked.timeout_config(timeouts.clone());
    }
    let asked = asked.serializer(move |body| request(&target, body)).deserializer(read).build();
    asked.invoke(input).await.map_err(|error| Failure::of(&error))
}

/// Where a service is asked, unless a person named another place.
fn endpoint(config: &SdkConfig, service: Service, region: &str) -> String {
    let key = ServiceConfigKey::builder().service_id(service.id);
    let key = key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok();
    let of_service = key.and_then(|key| config.service_config()?.load_config(key));
    of_service.or_else(|| config.endpoint_url().map(str::to_owned)).unwrap_or_else(|| {
        let fips = if config.use_fips() == Some(true) { "-fips" } else { "" };
        format!("https://{}{fips}.{region}.{}", service.host, domain(region))
    })
}

/// What the hosts of a Region end in.
fn domain(region: &str) -> &'static str {
    const DOMAINS: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("eusc-", "amazonaws.eu"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("us-iso-", "c2s.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
    ];
    let found = DOMAINS.iter().find(|(begins, _)| region.starts_with(begins));
    found.map_or("amazonaws.com", |(_, domain)| domain)
}

/// What may be a Region; it becomes part of a host's name, and may be from the evidence.
pub(super) fn is_region(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=40).contains(&text.len()) && text.contains('-') && text.bytes().all(plain)
}

/// Who signs, and for what.
fn signed(config: &SdkConfig, service: Service, region: &str) -> StaticRuntimePlugin {
    let mut layer = Layer::new("signed");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(region.to_owned()))),
        name: Some(SigningName::from(service.host)),
        ..SigV4OperationSigningConfig::default()
    });
    let mut components = RuntimeComponentsBuilder::new("signed")
        .with_auth_scheme(SigV4AuthScheme::new())
        .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![
            SCHEME_ID,
        ])))
        .with_time_source(config.time_source())
        .with_sleep_impl(config.sleep_impl());
    if let Some(provider) = config.credentials_provider() {
        components = components.with_identity_resolver(SCHEME_ID, provider);
    }
    if let Some(cache) = config.identity_cache() {
        components = components.with_identity_cache(Some(cache));
    }
    StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
}

fn request(target: &str, body: Vec<u8>) -> Result<HttpRequest, BoxError> {
    let length = body.len().to_string();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    request.set_uri("/")?;
    let headers = request.headers_mut();
    headers.try_insert("content-type", "application/x-amz-json-1.1")?;
    headers.try_insert("content-length", length)?;
    headers.try_insert("x-amz-target", target.to_owned())?;
    Ok(request)
}

/// What a service refused with.
#[derive(Debug)]
struct Refusal(ErrorMetadata);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

fn read(answer: &HttpResponse) -> Result<Value, OrchestratorError<Refusal>> {
    let body = answer.body().bytes().unwrap_or_default();
    if answer.status().is_success() {
        return serde_json::from_slice(body)
            .map_err(|error| OrchestratorError::response(error.into()));
    }
    let body = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let text = |names: [&str; 2]| names.iter().find_map(|name| body.get(*name)?.as_str());
    let code = answer.headers().get("x-amzn-errortype").or_else(|| text(["__type", "code"]));
    let mut refusal = ErrorMetadata::builder();
    if let Some(code) = code {
        refusal = refusal.code(plain(code));
    }
    if let Some(message) = text(["message", "Message"]) {
        refusal = refusal.message(message);
    }
    Err(OrchestratorError::operation(Refusal(refusal.build())))
}

/// `com.amazonaws.cloudtrail#AccessDeniedException:http://…` without what stands around the name.
fn plain(code: &str) -> &str {
    let code = code.split_once('#').map_or(code, |(_, code)| code);
    code.split_once(':').map_or(code, |(code, _)| code)
}

/// Refuses what is no Region.
pub(super) fn check_region(region: &str) -> Result<(), Reason> {
    if is_region(region) {
        return Ok(());
    }
    Err(Reason::new(ReasonKind::Unsupported, format!("{region:?} is no name of a Region")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_of_the_regions_partition() {
        let service = Service { id: "CloudTrail", host: "cloudtrail", target: "x" };
        let config = SdkConfig::builder().build();
        for (region, host) in [
            ("eu-central-1", "cloudtrail.eu-central-1.amazonaws.com"),
            ("us-gov-west-1", "cloudtrail.us-gov-west-1.amazonaws.com"),
            ("cn-north-1", "cloudtrail.cn-north-1.amazonaws.com.cn"),
            ("us-iso-east-1", "cloudtrail.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "cloudtrail.us-isob-east-1.sc2s.sgov.gov"),
        ] {
            assert_eq!(endpoint(&config, service, region), format!("https://{host}"));
        }
        let config = SdkConfig::builder().use_fips(true).build();
        let fips = endpoint(&config, service, "us-gov-west-1");
        assert_eq!(fips, "https://cloudtrail-fips.us-gov-west-1.amazonaws.com");
    }

    #[test]
    fn nothing_but_a_region_becomes_part_of_a_host() {
        for text in ["eu-west-1", "us-gov-east-1", "ap-southeast-12"] {
            assert!(is_region(text), "{text}");
        }
        for text in ["", "a-", "evil.example/#", "eu-west-1.evil", "EU-WEST-1", "eu_west", "a@b-c"]
        {
            assert!(!is_region(text), "{text}");
        }
    }

    #[test]
    fn codes_are_told_without_what_stands_around_them() {
        for code in ["X", "a.b#X", "X:http://a/b", "a.b#X:http://a"] {
            assert_eq!(plain(code), "X");
        }
    }
}
