//! The product's own rules, a file each: with questions for whoever has to find out what is behind
//! an alarm, and an event for which the rule holds and one for which it fails. Those of rules about
//! logs that are text are lines, and what raises an alarm of the file and what does not.

/// The files, by name, and what is in them.
pub const OWN: &[(&str, &str)] = &[
    ("rules/access_key_for_another.yml", include_str!("rules/access_key_for_another.yml")),
    (
        "rules/administrator_policy_attached.yml",
        include_str!("rules/administrator_policy_attached.yml"),
    ),
    ("rules/bucket_encryption_removed.yml", include_str!("rules/bucket_encryption_removed.yml")),
    ("rules/bucket_logging_off.yml", include_str!("rules/bucket_logging_off.yml")),
    ("rules/bucket_mfa_delete_off.yml", include_str!("rules/bucket_mfa_delete_off.yml")),
    ("rules/bucket_replication_removed.yml", include_str!("rules/bucket_replication_removed.yml")),
    (
        "rules/bucket_versioning_suspended.yml",
        include_str!("rules/bucket_versioning_suspended.yml"),
    ),
    ("rules/build_project_public.yml", include_str!("rules/build_project_public.yml")),
    ("rules/cloudtrail_stopped.yml", include_str!("rules/cloudtrail_stopped.yml")),
    ("rules/config_recording_stopped.yml", include_str!("rules/config_recording_stopped.yml")),
    ("rules/console_login_without_mfa.yml", include_str!("rules/console_login_without_mfa.yml")),
    ("rules/credential_scanner.yml", include_str!("rules/credential_scanner.yml")),
    ("rules/database_made_public.yml", include_str!("rules/database_made_public.yml")),
    ("rules/findings_hidden.yml", include_str!("rules/findings_hidden.yml")),
    ("rules/function_open_to_all.yml", include_str!("rules/function_open_to_all.yml")),
    ("rules/function_permission_added.yml", include_str!("rules/function_permission_added.yml")),
    ("rules/guardduty_blinded.yml", include_str!("rules/guardduty_blinded.yml")),
    ("rules/guardrail_changed.yml", include_str!("rules/guardrail_changed.yml")),
    ("rules/host_logging_stopped.yml", include_str!("rules/host_logging_stopped.yml")),
    ("rules/host_user_added.yml", include_str!("rules/host_user_added.yml")),
    ("rules/identity_provider_changed.yml", include_str!("rules/identity_provider_changed.yml")),
    ("rules/key_deletion_scheduled.yml", include_str!("rules/key_deletion_scheduled.yml")),
    ("rules/logs_deleted.yml", include_str!("rules/logs_deleted.yml")),
    ("rules/mfa_taken_away.yml", include_str!("rules/mfa_taken_away.yml")),
    ("rules/model_logging_off.yml", include_str!("rules/model_logging_off.yml")),
    ("rules/network_acl_changed.yml", include_str!("rules/network_acl_changed.yml")),
    ("rules/organization_left.yml", include_str!("rules/organization_left.yml")),
    ("rules/password_for_another.yml", include_str!("rules/password_for_another.yml")),
    (
        "rules/public_access_block_removed.yml",
        include_str!("rules/public_access_block_removed.yml"),
    ),
    ("rules/region_enabled.yml", include_str!("rules/region_enabled.yml")),
    ("rules/resolver_logs_deleted.yml", include_str!("rules/resolver_logs_deleted.yml")),
    ("rules/resource_not_compliant.yml", include_str!("rules/resource_not_compliant.yml")),
    ("rules/root_password_changed.yml", include_str!("rules/root_password_changed.yml")),
    ("rules/root_shell_by_sudo.yml", include_str!("rules/root_shell_by_sudo.yml")),
    ("rules/root_used.yml", include_str!("rules/root_used.yml")),
    ("rules/route_changed.yml", include_str!("rules/route_changed.yml")),
    ("rules/security_group_opened.yml", include_str!("rules/security_group_opened.yml")),
    ("rules/snapshot_shared.yml", include_str!("rules/snapshot_shared.yml")),
    ("rules/ssh_password_guessed.yml", include_str!("rules/ssh_password_guessed.yml")),
    ("rules/traffic_mirrored.yml", include_str!("rules/traffic_mirrored.yml")),
    ("rules/user_data_changed.yml", include_str!("rules/user_data_changed.yml")),
    ("rules/vpc_changed.yml", include_str!("rules/vpc_changed.yml")),
    ("rules/web_acl_removed.yml", include_str!("rules/web_acl_removed.yml")),
    ("rules/web_shell_called.yml", include_str!("rules/web_shell_called.yml")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::sigma::{Document, Record, asks_json, examples, read};
    use std::collections::BTreeSet;

    #[test]
    fn each_holds_for_the_one_example_and_not_for_the_other() {
        let mut ids = BTreeSet::new();
        for (file, text) in OWN {
            let documents: Result<Vec<_>, _> = read(text).into_iter().collect();
            let documents = documents.unwrap_or_else(|defect| panic!("{file}: {defect}"));
            let mut names = BTreeSet::new();
            for document in &documents {
                let (head, of) = match document {
                    Document::Rule(rule) => (&rule.head, &[][..]),
                    Document::Correlation(about) => (&about.head, &about.rules[..]),
                };
                assert!(ids.insert(head.id.clone()) && head.id.len() == 36, "{file}");
                assert!(!head.tags.is_empty(), "{file}: {}", head.title);
                assert!(of.iter().all(|name| names.contains(name)), "{file}: {}", head.title);
                names.insert(head.name.clone());
            }
            let Some(Document::Rule(rule)) = documents.first() else { panic!("{file} is a rule") };
            assert_eq!(rule.defect(), None, "{file}");
            assert!(!rule.questions.is_empty(), "{file}");
            let [holds, fails] = examples(text).unwrap_or_else(|| panic!("{file}: no examples"));
            if !asks_json(rule) {
                // What comes of lines, whoever reads them can say.
                continue;
            }
            let record =
                |json: &str| Record::new(serde_json::from_str(json).unwrap(), json.to_owned());
            assert!(rule.matches(&record(&holds)), "{file} does not hold for {holds}");
            assert!(!rule.matches(&record(&fails)), "{file} holds for {fails}");
        }
    }
}
