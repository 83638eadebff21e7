#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <stdlib.h>

#include "adit/clock.h"
#include "adit/token_engine.h"

#include "base/text/text.h"

namespace adit::token::testing {

using namespace std::chrono_literals;

inline Credentials oauth(const std::string& client_id = "client-1", const std::string& secret = "p8e-secret-1") {
  return OAuthCredentials{client_id, Secret(secret), "ORG@AdobeOrg", {"openid", "AdobeID"}};
}

/// An issuer without a network: counts its calls, and answers as its members say.
struct FakeIssuer {
  explicit FakeIssuer(const Clock& its_clock) : clock(its_clock) {}

  [[nodiscard]] std::shared_ptr<ims::Issuer> issuer(const std::string& id = "https://ims.example") {
    return std::make_shared<Answers>(*this, id);
  }
  ims::AccessToken fetch() {
    ++calls;
    asked_at.push_back(clock.monotonic_now());
    if (before) before();
    if (failure) throw Error(*failure);
    ims::AccessToken token;
    token.value = Secret(cat("token-", ++issued));
    token.life = life;
    token.scopes = {"openid", "AdobeID"};
    token.expires_at = clock.wall_now() + life;
    token.expires_at_monotonic = clock.monotonic_now() + life;
    return token;
  }

  const Clock& clock;
  std::chrono::milliseconds life{24h};
  std::optional<Error> failure;
  std::function<void()> before;
  int calls = 0;
  int issued = 0;
  int revocations = 0;
  std::vector<MonotonicTime> asked_at;
  /// The time limit of the last exchange.
  std::chrono::milliseconds allowed{0};
  /// How far the issuer's clock is ahead.
  std::chrono::milliseconds clock_skew{0};

 private:
  class Answers final : public ims::Issuer {
   public:
    Answers(FakeIssuer& fake, std::string id) : fake_(fake), id_(std::move(id)) {}

    [[nodiscard]] std::string id() const override { return id_; }
    [[nodiscard]] ims::AccessToken fetch(const Credentials& /*unused*/, std::chrono::milliseconds at_most,
                                         const std::stop_token& /*unused*/) override {
      fake_.allowed = at_most;
      return fake_.fetch();
    }
    void revoke(const Credentials& /*unused*/, const Secret& /*unused*/) override { ++fake_.revocations; }
    [[nodiscard]] std::chrono::milliseconds clock_skew() const override { return fake_.clock_skew; }

   private:
    FakeIssuer& fake_;
    std::string id_;
  };
};

/// A folder that is deleted at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "adit-token-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace adit::token::testing
