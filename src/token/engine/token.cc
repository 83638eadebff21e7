#include "adit/token_source.h"

#include "token/engine/issued.h"

namespace adit {

const Secret& Token::secret() const noexcept { return issued_->value; }
const std::string& Token::type() const noexcept { return issued_->type; }
const std::vector<std::string>& Token::scopes() const noexcept { return issued_->scopes; }
WallTime Token::expires_at() const noexcept { return issued_->expires_at; }
MonotonicTime Token::expires_at_monotonic() const noexcept { return issued_->expires_at_monotonic; }
std::chrono::milliseconds Token::life() const noexcept { return issued_->life; }
token::Origin Token::origin() const noexcept { return issued_->origin; }

}  // namespace adit
