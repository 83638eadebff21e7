#pragma once

#include "app/check/check_report.h"
#include "app/check/check_subject.h"

/// `adit check`: finds what is right and what is wrong in a project before it runs anywhere.
///
///     CheckReport report;
///     const auto subject = read_subject(root, std::nullopt, Environment::process(), report);
///     check_project(subject, report);
namespace adit::app {

/// Runs all checks. The findings are in order of file and line, without duplicates.
void check_project(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
