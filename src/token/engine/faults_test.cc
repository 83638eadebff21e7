// The token engine with each fault of the emulator.
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adit/emulator.h"
#include "adit/http.h"
#include "adit/signing_key.h"

#include "token/engine/parts_fixture.h"

namespace adit::token {
namespace {

using namespace testing;

/// For what must succeed on any machine.
constexpr std::chrono::milliseconds kEnough = 2min;

struct FaultCase {
  const char* name;
  const char* fault;
  /// How many tokens IMS issues until one arrives completely.
  int exchanges = 1;
  /// How long the client of IMS waits for the first answer.
  std::chrono::milliseconds patience = kEnough;
};

void PrintTo(const FaultCase& fault_case, std::ostream* out) { *out << fault_case.fault; }

const JwtCredentials& credentials() {
  static const JwtCredentials jwt{"client-1",
                                  Secret("p8e-secret-1"),
                                  "T@techacct.adobe.com",
                                  "ORG@AdobeOrg",
                                  {"ent_analytics_bulk_ingest_sdk"},
                                  jwt::SigningKey::generate_rsa()};
  return jwt;
}

class FaultyIms : public ::testing::Test, public http::Transport {
 public:
  explicit FaultyIms(const Clock& clock = Clock::system())
      : ims_({.integrations = {{.client_id = credentials().client_id,
                                .client_secrets = {credentials().client_secret},
                                .org_id = credentials().org_id,
                                .technical_account_id = credentials().technical_account_id,
                                .public_keys = {credentials().private_key.public_key()},
                                .metascopes = credentials().metascopes}},
              .clock = &clock}),
        http_({.connect_timeout = kEnough, .total_timeout = kEnough, .idle_timeout = kEnough}) {}

  [[nodiscard]] TokenSource source(RefreshPolicy policy = {}) {
    policy.total_deadline = kEnough;
    return engine_.source(credentials(), ims_issuer(ims::Ims{ims_.origin()}, *this), policy);
  }
  /// Switches the fault on. The client then waits only for this time for its next answer.
  void set_fault(const char* fault, std::chrono::milliseconds patience) {
    exchanges_before_ = exchanges();
    patience_ = patience;
    ims_.set_fault(emulator::Fault::parse(fault));
  }
  /// Sends a request to IMS. If the time is up before IMS has read the request, tries again with more time.
  http::Response send(const http::Request& request) override {
    for (auto patience = patience_.exchange(kEnough);; patience *= 10) {
      try {
        auto limited = request;
        return http_.send(limited.timeout(patience));
      } catch (const Error&) {
        if (patience >= kEnough || exchanges() > exchanges_before_) throw;
      }
    }
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
  std::atomic<std::chrono::milliseconds> patience_ = kEnough;
  std::atomic<std::int64_t> exchanges_before_ = 0;
  TokenEngine engine_;
};

class EmulatorFaultTest : public FaultyIms, public ::testing::WithParamInterface<FaultCase> {};

INSTANTIATE_TEST_SUITE_P(
    Faults, EmulatorFaultTest,
    ::testing::Values(FaultCase{"Latency", "latency=300ms"}, FaultCase{"Reset", "reset=3"},
                      FaultCase{"Stall", "stall,count=1", 2, 1s}, FaultCase{"Cut", "cut=2", 3},
                      FaultCase{"TruncatedJson", "truncated=2", 3}, FaultCase{"MalformedJson", "malformed=2", 3},
                      FaultCase{"Html", "html=200,count=2"}, FaultCase{"HtmlOfAGateway", "html=502,count=3"},
                      FaultCase{"Burst", "status=500,count=4"},
                      FaultCase{"ThrottledForSeconds", "status=429,retry_after=1,count=1"},
                      FaultCase{"ThrottledUntilADate", "status=429,retry_after=2,retry_after_form=date,count=1"},
                      FaultCase{"AwayForSeconds", "status=503,retry_after=1,count=1"},
                      FaultCase{"AwayUntilADate", "status=503,retry_after=2,retry_after_form=date,count=1"},
                      FaultCase{"ImsAhead", "clock_skew=10m"}, FaultCase{"ImsBehind", "clock_skew=-10m"},
                      FaultCase{"ImsBehindByMoreThanADay", "clock_skew=-26h"}),
    [](const auto& info) { return info.param.name; });

TEST_P(EmulatorFaultTest, does_not_keep_the_first_call_from_a_token) {
  set_fault(GetParam().fault, GetParam().patience);
  auto source = this->source();
  const auto begin = MonotonicClock::now();
  const auto token = source.get();
  const auto end = MonotonicClock::now();
  EXPECT_EQ(exchanges(), GetParam().exchanges);
  EXPECT_EQ(api_status(token), 200);
  EXPECT_EQ(source.get().reveal(), token.reveal());
  EXPECT_GT(token.expires_at_monotonic(), begin + 24h - 10s);
  EXPECT_LE(token.expires_at_monotonic(), end + 24h);
}

TEST_P(EmulatorFaultTest, affects_no_caller_while_there_is_a_token) {
  RefreshPolicy policy;
  policy.refresh_share = 1.0 / 86'400;  // one second after the token was issued
  policy.refresh_jitter = 0;
  auto source = this->source(policy);
  const std::string first(source.get().reveal());
  set_fault(GetParam().fault, GetParam().patience);
  bool renewed = false;
  for (const auto end = MonotonicClock::now() + 2min; !renewed && MonotonicClock::now() < end;) {
    // The call throws if it has to wait.
    ASSERT_NO_THROW(renewed = source.get({.timeout = 0ms}).reveal() != first);
  }
  EXPECT_TRUE(renewed);
}

/// IMS answers with Retry-After. Only this test advances the clock.
class RetryAfterTest : public ManualClock, public FaultyIms, public ::testing::WithParamInterface<const char*> {
 protected:
  RetryAfterTest() : ManualClock(Clock::system().wall_now()), FaultyIms(static_cast<const Clock&>(*this)) {}
};

INSTANTIATE_TEST_SUITE_P(Faults, RetryAfterTest,
                         ::testing::Values("status=429,retry_after=7,count=1", "status=503,retry_after=7,count=1",
                                           "status=429,retry_after=7,retry_after_form=date,count=1",
                                           "status=503,retry_after=7,retry_after_form=date,count=1"));

TEST_P(RetryAfterTest, the_first_call_waits_as_long_as_ims_asks) {
  ims_.set_fault(emulator::Fault::parse(GetParam()));
  EngineOptions options;
  options.clock = this;
  options.threads = 0;
  options.random = [] { return 0.0; };
  TokenEngine engine(std::move(options));
  auto source = engine.source(credentials(), ims_issuer(ims::Ims{ims_.origin()}, http_, *this));
  std::optional<Token> got;
  source.async_get([&](const std::optional<Error>&, std::optional<Token> token) { got = std::move(token); });
  engine.run_due();
  advance(6s);  // not 7 s: a Retry-After that is a date has whole seconds, and may be almost one second shorter
  engine.run_due();
  EXPECT_EQ(exchanges(), 0);
  advance(1001ms);
  engine.run_due();
  EXPECT_EQ(exchanges(), 1);
  EXPECT_TRUE(got);
}

TEST_F(FaultyIms, the_second_assertion_uses_the_clock_of_ims) {
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
