#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports runtimes that Adobe I/O Runtime has retired or does not have.
void check_runtimes(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
