#pragma once

#include "adit/json.h"

#include "base/text.h"

namespace adit::app {

/// One of the lists that tests/app_config_oracle/make_cases.js made with Adobe's own loader.
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
