#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports inputs that an action's sources read and that the manifest does not map, imports of files that do not exist,
/// and properties that `@adobe/jwt-auth` does not return.
void check_sources(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
