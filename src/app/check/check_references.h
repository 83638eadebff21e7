#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports inputs that Adobe's tools read in a way that is seldom intended: broken references to variables, and values
/// with characters that have a special meaning.
void check_references(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
