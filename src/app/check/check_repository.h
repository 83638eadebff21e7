#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports secrets that others can read: readers of the git repository, and other users of this machine. Runs git,
/// which may take a second.
void check_repository(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
