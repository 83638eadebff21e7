#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports keys of the configuration that are unknown or have no effect, and what Adobe's tools refuse to deploy.
void check_manifest(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
