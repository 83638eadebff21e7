#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "adit/json.h"

#include "base/text/text.h"
#include "dev/web/web_action.h"

/// Helpers for tests of web actions.
namespace adit::dev {

inline json::value j(std::string_view text) { return parse_json(text, "test"); }

inline http::ServerRequest request(std::string method, std::string query = {}, std::string body = {},
                                   const std::string& type = {}) {
  http::ServerRequest incoming;
  incoming.method = std::move(method);
  incoming.query = std::move(query);
  incoming.body = std::move(body);
  if (!type.empty()) incoming.headers.add("Content-Type", type);
  return incoming;
}

inline WebRules rules(std::string_view annotations = R"({"web-export":true})", std::string_view inputs = "{}") {
  return WebRules::of(j(annotations).as_object(), j(inputs).as_object());
}

/// Returns `STATUS message` of an answer that is one of the platform's errors.
inline std::string error_of(const http::ServerResponse& response) {
  const auto body = parse_json(response.body, "answer").as_object();
  EXPECT_EQ(body.at("code").as_string().size(), 32U);
  return cat(response.status, ' ', string_member(body, "error"));
}

}  // namespace adit::dev
