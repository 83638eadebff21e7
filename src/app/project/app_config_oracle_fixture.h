#pragma once

#include "adit/json.h"

#include "base/text/text.h"

namespace adit::app {

/// Returns one of the lists of cases that tests/app_config_oracle/make_cases.js wrote with Adobe's own loader.
inline json::array oracle_cases(std::string_view list) {
  return parse_json(read_file(ADIT_SOURCE_DIR "/tests/app_config_oracle/cases.json"), "cases.json")
      .as_object()
      .at(list)
      .as_array();
}
inline json::object oracle_variables() {
  return parse_json(read_file(ADIT_SOURCE_DIR "/tests/app_config_oracle/cases.json"), "cases.json")
      .at("variables")
      .as_object();
}

}  // namespace adit::app
