//! What bytes mean: one file for each log format, detection by content, and the envelopes and
//! frames that records come in.
//!
//! A format does not know where its bytes come from, and never builds a tree on the load path.
