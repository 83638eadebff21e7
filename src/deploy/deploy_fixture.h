#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "adit/http_server.h"

#include "app/project/project_fixture.h"
#include "deploy/openwhisk_client.h"

namespace adit::deploy {

/// A project in a folder, and a server that returns prepared answers and records the requests.
class DeployFixture : public app::ProjectFixture {
 protected:
  struct Received {
    std::string method;
    std::string path;
    std::string query;
    http::Headers headers;
    std::string body;
  };

  /// Adds an answer for the next request `METHOD /path`. Other requests get 404 for GET and DELETE, and otherwise `{}`.
  void answer(const std::string& what, http::ServerResponse response) {
    const std::lock_guard lock(mutex_);
    answers_.emplace_back(what, std::move(response));
  }
  [[nodiscard]] std::vector<Received> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }
  [[nodiscard]] std::vector<std::string> received_lines() const {
    std::vector<std::string> lines;
    for (const auto& one : received()) lines.push_back(cat(one.method, ' ', one.path));
    return lines;
  }
  [[nodiscard]] std::string url() const { return cat("http://127.0.0.1:", server_.port()); }
  [[nodiscard]] http::Transport& transport() { return http_; }
  [[nodiscard]] OpenWhiskClient client() {
    return {{.base = url(), .name_space = "ns", .key = Secret("u:p"), .token = {}}, http_};
  }

 private:
  http::ServerResponse handle(const http::ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    received_.push_back({request.method, request.path, request.query, request.headers, request.body});
    const auto what = cat(request.method, ' ', request.path);
    for (auto one = answers_.begin(); one != answers_.end(); ++one) {
      if (one->first != what) continue;
      auto response = one->second;
      answers_.erase(one);
      return response;
    }
    const bool reads = request.method == "GET" || request.method == "DELETE";
    return reads ? http::ServerResponse::json(404, json::object{{"error", "The requested resource does not exist."}})
                 : http::ServerResponse::json(200, json::object());
  }

  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, http::ServerResponse>> answers_;
  std::vector<Received> received_;
  http::Client http_;
  http::Server server_{{}, [this](const http::ServerRequest& request) { return handle(request); }};
};

}  // namespace adit::deploy
