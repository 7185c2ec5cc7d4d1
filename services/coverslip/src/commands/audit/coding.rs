//! What our actions are called in the terms of FHIR and DICOM.

/// `AuditEvent.type`, `.subtype` and `.action` of one of our actions.
pub(super) struct Coding {
    pub(super) kind: Term,
    pub(super) subtype: Term,
    /// Of <http://hl7.org/fhir/audit-event-action>: C, R, U, D or E.
    pub(super) action: &'static str,
}

/// A code of a system, with its display.
#[derive(Clone, Copy)]
pub(super) struct Term {
    pub(super) system: &'static str,
    pub(super) code: &'static str,
    pub(super) display: &'static str,
}

const fn dicom(code: &'static str, display: &'static str) -> Term {
    let system = "http://dicom.nema.org/resources/ontology/DCM";
    Term {
        system,
        code,
        display,
    }
}

const fn interaction(code: &'static str) -> Term {
    Term {
        system: "http://hl7.org/fhir/restful-interaction",
        code,
        display: code,
    }
}

const REST: Term = Term {
    system: "http://terminology.hl7.org/CodeSystem/audit-event-type",
    code: "rest",
    display: "RESTful Operation",
};

impl Coding {
    /// Of an action by its name. What this build does not know was done, and no more is said of it.
    pub(super) fn of(action: &str) -> Self {
        match action {
            "logged_in" => Self::new(AUTHENTICATION, dicom("110122", "Login"), "E"),
            "logged_out" => Self::new(AUTHENTICATION, dicom("110123", "Logout"), "E"),
            "login_link_made" | "token_added" | "token_removed" => {
                Self::new(SECURITY_ALERT, USER_SECURITY, "U")
            }
            hook if hook.starts_with("webhook_") => Self::new(SECURITY_ALERT, SECURITY, "U"),
            model if model.starts_with("model_") => Self::new(SECURITY_ALERT, SOFTWARE, "U"),
            "task_added" | "task_removed" => Self::new(SECURITY_ALERT, SOFTWARE, "U"),
            "labels_exported" | "results_sent" => {
                Self::new(dicom("110106", "Export"), interaction("read"), "R")
            }
            "audit_exported" => {
                Self::new(dicom("110101", "Audit Log Used"), interaction("read"), "R")
            }
            "slide_received" | "instance_kept" | "order_placed" | "result_recorded"
            | "shadow_recorded" | "slide_reviewed" | "case_signed" | "annotation_saved"
            | "message_answered" => Self::new(REST, interaction("create"), "C"),
            "mpp_given" | "covariates_given" | "case_assigned" | "slide_put_in_case"
            | "identity_corrected" | "label_removed" | "analysis_stopped" | "analysis_resumed"
            | "analysis_retried" => Self::new(REST, interaction("update"), "U"),
            "annotation_removed" => Self::new(REST, interaction("delete"), "D"),
            "slides_seen" | "orders_seen" | "similar_sought" => {
                Self::new(REST, interaction("search"), "E")
            }
            seen if seen.ends_with("_seen") => Self::new(REST, interaction("read"), "R"),
            _ => Self::new(REST, interaction("operation"), "E"),
        }
    }

    const fn new(kind: Term, subtype: Term, action: &'static str) -> Self {
        Self {
            kind,
            subtype,
            action,
        }
    }
}

const AUTHENTICATION: Term = dicom("110114", "User Authentication");
const SECURITY_ALERT: Term = dicom("110113", "Security Alert");
const USER_SECURITY: Term = dicom("110137", "User security Attributes Changed");
const SECURITY: Term = dicom("110129", "Security Configuration");
const SOFTWARE: Term = dicom("110131", "Software Configuration");
