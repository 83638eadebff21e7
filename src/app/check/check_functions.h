#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports functions that do not exist, folders that Adobe's tools refuse to build, and code that adit cannot run as it
/// is.
void check_functions(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
