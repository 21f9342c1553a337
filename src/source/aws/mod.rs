//! The way to AWS that all sources of it share: who one is, where one asks, and how long one
//! waits.
//!
//! Sources are blocking; what is asynchronous stays in here and in the files that ask, behind
//! [`Aws::wait`]. **Nothing is contacted before a source of AWS is listed or read**, and nothing
//! is ever written there.

mod client;
pub mod cloudtrail;
mod code;
mod failure;
mod http;
mod json;
mod named;
mod patience;
pub mod policy;
mod profile;
mod quiet;

pub(super) use client::Kept;
pub use failure::{Asked, Failure, NOT_ALLOWED};
pub(super) use named::{choose, is_named, open};
pub use patience::PATIENT;
pub(super) use patience::Patience;

pub use super::vault::Vault;

use super::traffic::Traffic;
use crate::event::{Cancel, Code, CodeWanted, Reason, ReasonKind};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::SharedCredentialsProvider;
use code::Codes;
use profile::Profile;
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// Time between two looks at whether to go on: what is called off ends within it.
const LOOK: Duration = Duration::from_millis(50);

/// A host that does not answer at all, and one attempt until its answer begins. By default the SDK
/// waits for a silent server for ever.
const CONNECT: Duration = Duration::from_secs(3);
const ATTEMPT: Duration = Duration::from_secs(10);
/// All attempts at one request together, but for those of [`Patience`].
const OPERATION: Duration = Duration::from_secs(15);

/// Who one is, is not waited for any longer.
const WHO: Duration = Duration::from_secs(8);

/// Attempts at one request, the first among them; between them the SDK waits at most so long, and
/// longer each time. Nobody sees that, so it is short.
const ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// What the person asked for; what is not said comes from the environment and the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    pub profile: Option<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
}

/// Whom AWS takes the person for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub arn: String,
    pub account: String,
    /// Where is asked, if no source says otherwise.
    pub region: String,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "AWS is asked as {} of account {}, region {}",
            self.arn, self.account, self.region
        )
    }
}

/// Cheap to clone; all clones share what was found out once.
#[derive(Clone, Default)]
pub struct Aws(Arc<Shared>);

#[derive(Default)]
struct Shared {
    settings: Settings,
    runtime: OnceLock<Result<Runtime, String>>,
    config: Mutex<Option<SdkConfig>>,
    /// How often it was to be found out anew who one is.
    era: AtomicU64,
    codes: Mutex<Codes>,
    quiet: quiet::Quiet,
    /// Held while it is found out who one is: a code is good for one time.
    finding: tokio::sync::Mutex<()>,
    traffic: Traffic,
    /// How long is waited for what is asked again, if that was said.
    patience: Mutex<Option<Duration>>,
}

impl std::fmt::Debug for Aws {
    // Credentials are not for anybody's eyes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Aws").field(&self.0.settings).finish()
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // A name that nothing resolves would be waited for, long after the person has left.
        if let Some(Ok(runtime)) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Aws {
    pub fn new(settings: Settings) -> Self {
        let (runtime, config, era, codes) = Default::default();
        let (quiet, finding, traffic, patience) = Default::default();
        let shared =
            Shared { settings, runtime, config, era, codes, quiet, finding, traffic, patience };
        Self(Arc::new(shared))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The device whose code is needed and was not given so far, if there is one. From then on it is
    /// [wanted](Self::code_wanted).
    pub fn wants_code(&self) -> Option<String> {
        let role = profile::look(self.0.settings.profile.as_deref()).ok()?.role?;
        lock(&self.0.codes).wants(&role).then_some(role.serial)
    }

    /// The code that something has asked for in vain, until another is given.
    pub fn code_wanted(&self) -> Option<CodeWanted> {
        lock(&self.0.codes).wanted()
    }

    /// Takes the code that the device shows.
    pub fn give_code(&self, code: Code) {
        lock(&self.0.codes).put(code);
        self.forget();
    }

    /// Takes the role that a code was given for.
    ///
    /// # Errors
    /// The role is not given; a code that was not good is [wanted](Self::code_wanted) again.
    pub fn take_role(&self) -> Result<(), Reason> {
        self.wait(&Cancel::new(), Box::pin(async { self.config().await.map(drop) }))
    }

    /// Whether another server than AWS is asked.
    pub(super) fn has_endpoint(&self) -> bool {
        self.0.settings.endpoint.is_some() || std::env::var_os("AWS_ENDPOINT_URL").is_some()
    }

    pub(super) fn handle(&self) -> Result<Handle, Reason> {
        let start = || {
            Builder::new_multi_thread()
                .worker_threads(2)
                .thread_name("aws")
                .enable_all()
                .build()
                .map_err(|error| error.to_string())
        };
        match self.0.runtime.get_or_init(start) {
            Ok(runtime) => Ok(runtime.handle().clone()),
            Err(error) => Err(Reason::new(ReasonKind::Io, format!("no thread for it: {error}"))),
        }
    }

    /// Who asks, and where.
    ///
    /// # Errors
    /// The service does not say; the reason tells what to do.
    pub fn identity(&self, cancel: &Cancel) -> Result<Identity, Reason> {
        let asked = async {
            let silent = |_| Reason::new(ReasonKind::Io, "it did not say who asks");
            tokio::time::timeout(WHO, self.ask_identity()).await.map_err(silent)?
        };
        self.wait(cancel, Box::pin(asked))
    }

    async fn ask_identity(&self) -> Result<Identity, Reason> {
        let config = self.config().await?;
        let asked = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
        let answer = asked.map_err(|error| {
            let asked = Asked { permission: policy::WHO, on: "*" };
            self.note(Failure::of(&error).reason(asked))
        })?;
        Ok(Identity {
            arn: answer.arn.unwrap_or_default(),
            account: answer.account.unwrap_or_default(),
            region: config.region().map(ToString::to_string).unwrap_or_default(),
        })
    }

    /// Waits for an answer, unless that is called off.
    pub(super) fn wait<T>(
        &self,
        cancel: &Cancel,
        work: impl Future<Output = Result<T, Reason>>,
    ) -> Result<T, Reason> {
        self.handle()?.block_on(unless(cancel, work))
    }

    /// Who one is, is found out anew the next time.
    fn forget(&self) {
        *lock(&self.0.config) = None;
        self.0.era.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes note of why nothing came of asking: credentials that are good for nothing are not used
    /// again, so that the next question takes what a person has put there meanwhile. What a person
    /// has to do is told with the name of the profile.
    pub(super) fn note(&self, reason: Reason) -> Reason {
        if reason.kind != ReasonKind::Credentials {
            return reason;
        }
        lock(&self.0.codes).refused();
        self.forget();
        failure::of_profile(reason, profile::named(self.0.settings.profile.as_deref()))
    }

    /// What was made in another era asks as somebody else.
    fn era(&self) -> u64 {
        // What was given against a code ends, and only another code renews it.
        if lock(&self.0.codes).is_over() {
            self.forget();
        }
        self.0.era.load(Ordering::Relaxed)
    }

    /// Who one is and where one asks; found out once.
    pub(super) async fn config(&self) -> Result<SdkConfig, Reason> {
        let _finding = self.0.finding.lock().await;
        let era = self.era();
        let known = lock(&self.0.config).clone();
        if let Some(config) = known {
            return Ok(config);
        }
        let profile = profile::look(self.0.settings.profile.as_deref())?;
        let config = self.load(&profile).await?;
        let config = match self.credentials(&profile, &config).await? {
            Some(provider) => config.into_builder().credentials_provider(provider).build(),
            None => config,
        };
        // A code that is given while this one is looked at is not to be lost.
        if self.era() == era {
            *lock(&self.0.config) = Some(config.clone());
        }
        Ok(config)
    }

    async fn load(&self, profile: &Profile) -> Result<SdkConfig, Reason> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let bundle = http::bundle(profile.bundle.clone());
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http::client(bundle.as_deref())?)
            .timeout_config(timeouts)
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(ATTEMPTS)
                    .with_initial_backoff(FIRST_PAUSE),
            );
        let Settings { profile, region, endpoint } = self.0.settings.clone();
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = region {
            loader = loader.region(Region::new(region));
        }
        if let Some(endpoint) = endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        Ok(loader.load().await)
    }

    /// Credentials that the SDK would not find by itself.
    async fn credentials(
        &self,
        profile: &Profile,
        config: &SdkConfig,
    ) -> Result<Option<SharedCredentialsProvider>, Reason> {
        let Some(role) = &profile.role else {
            // A profile that was named comes before the keys of the environment.
            let named = self.0.settings.profile.as_deref().filter(|_| profile::has_keys());
            return Ok(named.map(|name| code::of_profile(name, config)));
        };
        let given = code::given(&self.0.codes, role, config).await?;
        Ok(Some(SharedCredentialsProvider::new(given)))
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The work's result, unless it is called off before.
pub(super) async fn unless<T>(
    cancel: &Cancel,
    work: impl Future<Output = Result<T, Reason>>,
) -> Result<T, Reason> {
    let mut work = pin!(work);
    loop {
        match tokio::time::timeout(LOOK, &mut work).await {
            Ok(result) => return result,
            Err(_) if cancel.is_cancelled() => {
                return Err(Reason::new(ReasonKind::Cancelled, "fetching it was called off"));
            }
            Err(_) => {}
        }
    }
}
