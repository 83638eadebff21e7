// Everything that the emulator can do wrong, done to the engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/emulator.h"
#include "adit/http.h"
#include "adit/signing_key.h"

#include "token/engine/parts_fixture.h"

namespace adit::token {
namespace {

using namespace testing;

struct Misfortune {
  const char* name;
  const char* fault;
  /// Tokens that IMS issues until one arrives whole.
  int exchanges = 1;
  /// The least that the caller of a cold get() waits.
  std::chrono::milliseconds wait{0};
};

void PrintTo(const Misfortune& misfortune, std::ostream* out) { *out << misfortune.fault; }

const JwtCredentials& credentials() {
  static const JwtCredentials jwt{"client-1",
                                  Secret("p8e-secret-1"),
                                  "T@techacct.adobe.com",
                                  "ORG@AdobeOrg",
                                  {"ent_analytics_bulk_ingest_sdk"},
                                  jwt::SigningKey::generate_rsa()};
  return jwt;
}

class FaultyIms : public ::testing::Test {
 public:
  FaultyIms()
      : ims_({.clients = {{.client_id = credentials().client_id,
                           .client_secrets = {credentials().client_secret},
                           .org_id = credentials().org_id,
                           .technical_account_id = credentials().technical_account_id,
                           .public_keys = {credentials().private_key.public_key()},
                           .metascopes = credentials().metascopes}}}),
        http_({.total_timeout = 500ms}) {}

  [[nodiscard]] TokenSource source(const RefreshPolicy& policy = {}) {
    return engine_.source(credentials(), ims_issuer(ims::Ims{ims_.origin()}, http_), policy);
  }
  [[nodiscard]] std::int64_t exchanges() const {
    return ims_.stats().at("exchanges").at("jwt").to_number<std::int64_t>();
  }
  [[nodiscard]] int api_status(const Secret& token) {
    return http::Request::get(ims_.origin() + "/discovery/me")
        .bearer(token)
        .header("x-api-key", "client-1")
        .send(http_)
        .status();
  }

 protected:
  emulator::Emulator ims_;
  http::Client http_;
  TokenEngine engine_;
};

class AnyFault : public FaultyIms, public ::testing::WithParamInterface<Misfortune> {};

INSTANTIATE_TEST_SUITE_P(
    Faults, AnyFault,
    ::testing::Values(Misfortune{"Latency", "latency=300ms", 1, 300ms}, Misfortune{"Reset", "reset=3"},
                      Misfortune{"Stall", "stall,count=1", 2, 500ms}, Misfortune{"Cut", "cut=2", 3},
                      Misfortune{"TruncatedJson", "truncated=2", 3}, Misfortune{"MalformedJson", "malformed=2", 3},
                      Misfortune{"Html", "html=200,count=2"}, Misfortune{"HtmlOfAGateway", "html=502,count=3"},
                      Misfortune{"Burst", "status=500,count=4"},
                      Misfortune{"ThrottledForSeconds", "status=429,retry_after=1,count=1", 1, 1s},
                      // Dates have whole seconds: 2 of them are more than 1.
                      Misfortune{"ThrottledUntilADate", "status=429,retry_after=2,retry_after_form=date,count=1", 1,
                                 1s},
                      Misfortune{"AwayForSeconds", "status=503,retry_after=1,count=1", 1, 1s},
                      Misfortune{"AwayUntilADate", "status=503,retry_after=2,retry_after_form=date,count=1", 1, 1s},
                      Misfortune{"ImsAhead", "clock_skew=10m"}, Misfortune{"ImsBehind", "clock_skew=-10m"},
                      Misfortune{"ImsBehindByMoreThanADay", "clock_skew=-26h"}),
    [](const auto& info) { return info.param.name; });

TEST_P(AnyFault, IsOvercomeByAColdGet) {
  ims_.set_fault(emulator::Fault::parse(GetParam().fault));
  auto source = this->source();
  const auto begin = MonotonicClock::now();
  const auto token = source.get();
  EXPECT_GE(MonotonicClock::now() - begin, GetParam().wait);
  EXPECT_EQ(exchanges(), GetParam().exchanges);
  EXPECT_EQ(api_status(token), 200);
  EXPECT_EQ(source.get().reveal(), token.reveal());
  const auto day = 24h - (token.expires_at_monotonic() - begin);
  EXPECT_LT(day, 10s);
  EXPECT_GT(day, -10s);
}

TEST_P(AnyFault, ReachesNobodyWhileThereIsAToken) {
  RefreshPolicy policy;
  policy.refresh_share = 1.0 / 86'400;  // at once
  policy.refresh_jitter = 0;
  auto source = this->source(policy);
  const std::string first(source.get().reveal());
  ims_.set_fault(emulator::Fault::parse(GetParam().fault));
  std::chrono::nanoseconds longest{0};
  bool renewed = false;
  for (const auto end = MonotonicClock::now() + 20s; !renewed && MonotonicClock::now() < end;) {
    const auto before = MonotonicClock::now();
    ASSERT_NO_THROW(renewed = source.get().reveal() != first);
    longest = std::max(longest, MonotonicClock::now() - before);
  }
  EXPECT_TRUE(renewed);
  EXPECT_LT(longest, 250ms) << "somebody waited";
}

TEST_F(FaultyIms, WhoseClockIsAheadIsBelievedAboutItFromTheSecondAssertionOn) {
  ims_.set_fault(emulator::Fault::parse("clock_skew=10m"));
  auto source = this->source();
  source.get();
  source.get({.fresh = true});
  source.get({.fresh = true});
  EXPECT_EQ(exchanges(), 3);
  EXPECT_EQ(ims_.stats().at("rejected").to_number<int>(), 1);
}

}  // namespace
}  // namespace adit::token
