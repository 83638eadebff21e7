#pragma once

namespace adit::app {

struct CheckReport;
struct CheckSubject;

/// Reports lines of `.env` that mean something other than intended: lines that dotenv ignores, names that are set
/// twice, values that end at a `#`. Without a `.env`, reports the variables that the inputs need.
void check_env_file(const CheckSubject& subject, CheckReport& report);

}  // namespace adit::app
