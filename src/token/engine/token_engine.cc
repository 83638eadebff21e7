#include "adit/token_engine.h"

#include "base/text/text.h"
#include "token/engine/credential_source.h"
#include "token/engine/engine_processes.h"

namespace adit::token {

TokenEngine::TokenEngine(EngineOptions options) : processes_(std::make_shared<EngineProcesses>(std::move(options))) {}

TokenEngine::~TokenEngine() { processes_->stop(); }

TokenSource TokenEngine::source(const Credentials& credentials, std::shared_ptr<ims::Issuer> issuer,
                                const RefreshPolicy& policy) {
  auto key = cat(credentials.fingerprint(), '\n', issuer->id());
  auto state = processes_->state(key, [&](const std::shared_ptr<EngineContext>& context) {
    std::optional<RecordSeal> seal;
    if (context->store) seal.emplace(credentials, issuer->id());
    auto account = std::make_shared<const Account>(Account{credentials, policy, issuer, std::move(seal)});
    return std::make_shared<CredentialState>(std::move(account), context);
  });
  return TokenSource(std::make_shared<CredentialSource>(processes_, std::move(key), std::move(state)));
}

std::size_t TokenEngine::run_due() { return processes_->run_due(); }
MonotonicTime TokenEngine::next_due() const { return processes_->next_due(); }
TokenCounters TokenEngine::counters() const { return processes_->counters(); }
std::size_t TokenEngine::size() const { return processes_->size(); }

}  // namespace adit::token
