#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports actions with credentials that anyone can call, inputs that callers can replace, and annotations that do
/// nothing or contradict each other.
void check_access(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
