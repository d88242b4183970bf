"""Which row of the arrays of a venture holds what."""

__all__ = ["DRIVERS", "FIXED", "LEVERS", "LINES", "MEASURES"]

LEVERS = (
    "volume", "volume_growth", "transit", "tariff", "transit_tariff", "capital", "opex_fixed",
    "opex_variable", "concession", "inflation", "currency_fall", "interest", "tax_rate",
    "capacity", "delay_years",
)  # fmt: skip
"""What draws, tornado and spider move: factors, and points added (see `appraisal.levers`)."""
(
    VOLUME, GROWTH, TRANSIT, TARIFF, TRANSIT_TARIFF, CAPITAL, OPEX_FIXED,
    OPEX_VARIABLE, CONCESSION, INFLATION, FALL, INTEREST, TAX_RATE, CAPACITY, DELAY,
) = range(len(LEVERS))  # fmt: skip

DRIVERS = (
    "local_teu", "transit_teu", "transhipment_teu", "all_teu", "rail_teu", "storage_days", "year",
    "operating_year",
)  # fmt: skip
"""What an item is paid for."""
BY_LOCAL, BY_TRANSIT, BY_TRANSHIPMENT, BY_TEU, BY_RAIL, BY_DAY, BY_YEAR, BY_OPEN = range(8)

FIXED = (
    "capacity_teu", "rail_share", "storage_days", "receivable_days", "payable_days", "tax_rate",
    "minimum_tax", "holiday_end", "loss_years", "withholding", "interest", "reserve_share",
    "sweep_share", "lockup_cover", "first_service", "shareholder_loan_share",
    "shareholder_loan_rate", "minimum_cash", "project_rate", "equity_rate", "treasury_rate",
    "maturity",
)  # fmt: skip
"""Figures that no draw moves, or that levers are added to."""
(
    F_CAPACITY, F_RAIL, F_DAYS, F_RECEIVABLE, F_PAYABLE, F_TAX,
    F_MINIMUM, F_HOLIDAY, F_LOSS, F_WITHHOLDING, F_INTEREST, F_RESERVE,
    F_SWEEP, F_LOCKUP, F_SERVICE, F_SHARE, F_SHARE_RATE, F_CASH, F_RATE, F_EQUITY_RATE,
    F_TREASURY_RATE, F_MATURITY,
) = range(len(FIXED))  # fmt: skip

LINES = (
    "demand_teu", "capacity_teu", "local_teu", "transit_teu", "transhipment_teu", "handled_teu",
    "open", "every_year", "revenue_local", "revenue_transit", "revenue_transhipment",
    "revenue_storage", "revenue_rail", "revenue_other", "revenue",
    "opex_fixed", "opex_variable", "royalty", "minimum_payment", "lease", "handback", "upfront",
    "capital", "depreciation", "guarantee", "concession_payment", "ebitda", "receivables",
    "payables", "tax_without_debt", "tax", "cash_for_service",
    "drawn", "interest_capitalised", "interest", "principal", "swept", "debt",
    "contribution", "holder_interest", "holder_paid", "holder_loan", "dividends",
    "capital_returned", "withholding", "reserve", "cash", "net_income",
)  # fmt: skip
"""Lines of the statements, one row each; `revenue_local` to `depreciation` are added up."""
(
    L_DEMAND, L_CAPACITY, L_LOCAL, L_TRANSIT, L_TRANSHIPMENT, L_HANDLED,
    L_OPEN, L_EVERY, L_REV_LOCAL, L_REV_TRANSIT, L_REV_TRANSHIPMENT,
    L_REV_STORAGE, L_REV_RAIL, L_REV_OTHER, L_REVENUE,
    L_OPEX_FIXED, L_OPEX_VARIABLE, L_ROYALTY, L_MINIMUM, L_LEASE, L_HANDBACK, L_UPFRONT,
    L_CAPITAL, L_DEPRECIATION, L_GUARANTEE, L_CONCESSION, L_EBITDA, L_RECEIVABLES,
    L_PAYABLES, L_TAX_PLAIN, L_TAX, L_CFADS,
    L_DRAWN, L_INTEREST_ADDED, L_INTEREST, L_PRINCIPAL, L_SWEPT, L_DEBT,
    L_CONTRIBUTION, L_HOLDER_INTEREST, L_HOLDER_PAID, L_HOLDER_LOAN, L_DIVIDENDS,
    L_RETURNED, L_WITHHOLDING, L_RESERVE, L_CASH, L_NET_INCOME,
) = range(len(LINES))  # fmt: skip

MEASURES = (
    "project_npv", "project_irr", "equity_npv", "equity_irr", "minimum_dscr", "payback_years",
    "treasury_npv", "authority_npv", "shortfall", "guarantee_npv",
)  # fmt: skip
"""What a draw keeps; `shortfall` is what owners add so that debt is served, `guarantee_npv` what
the treasury pays for revenue that lacks."""
(
    M_NPV, M_IRR, M_EQUITY_NPV, M_EQUITY_IRR, M_DSCR, M_PAYBACK,
    M_TREASURY, M_AUTHORITY, M_SHORTFALL, M_GUARANTEE,
) = range(len(MEASURES))  # fmt: skip
