"""What customs take, and what it costs to wait for or stand surety for it, by regime."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Charges", "Rates", "charges", "deferral_value", "inverted_saving", "landed_value"]

DAYS_PER_YEAR = 365.0
ONSHORE = "onshore"
FINISHED, LOWER = "finished", "lower"


@dataclass(frozen=True)
class Rates:
    """What a place's regime costs.

    Attributes
    ----------
    capital_rate : float
        Cost of money [1/year].
    guarantee_share : float
        Share of the duty and tax suspended that a guarantee must cover.
    guarantee_rate : float
        Price of the guarantee [1/year].
    refund_share : float
        Share of the duty on inputs that comes back on export.
    refund_days : float
        Days after the export until duty and tax are back [days].
    """

    capital_rate: float
    guarantee_share: float = 0.0
    guarantee_rate: float = 0.0
    refund_share: float = 0.0
    refund_days: float = 0.0


@dataclass(frozen=True)
class Charges:
    """What the regime adds to the cost of a tonne of product [USD/t].

    Attributes
    ----------
    duty : float
        Duty that is paid and does not come back.
    finance : float
        Interest on duty and tax paid ahead, and the price of guarantees.
    on_finished : bool
        Whether the duty was reckoned on the finished goods.
    """

    duty: float
    finance: float
    on_finished: bool = False


def landed_value(cif_usd: float, duty_rate: float, tax_rate: float) -> float:
    """Return what imported goods cost with duty, and tax on both.

    Parameters
    ----------
    cif_usd : float
        Value with freight and insurance [USD].
    duty_rate, tax_rate : float
        Shares of value, and of value with duty.

    Returns
    -------
    float
        Landed value [USD].

    Examples
    --------
    >>> landed_value(10_000, 0.20, 0.18)
    14160.0
    """
    return cif_usd * (1 + duty_rate) * (1 + tax_rate)


def deferral_value(amount_usd: float, days: float, rate: float) -> float:
    """Return the simple interest that is saved by paying later.

    Parameters
    ----------
    amount_usd : float
        Duty and tax [USD].
    days : float
        Days between entry and payment [days].
    rate : float
        Cost of money [1/year].

    Returns
    -------
    float
        Saving [USD].

    Examples
    --------
    >>> round(deferral_value(4_160, 90, 0.15), 3)
    153.863
    """
    return amount_usd * rate * days / DAYS_PER_YEAR


def inverted_saving(
    value_usd: float, finished_rate: float, inputs_usd: float, inputs_rate: float
) -> float:
    """Return what is saved if duty is reckoned on finished goods rather than on their inputs.

    Parameters
    ----------
    value_usd, inputs_usd : float
        Value of the finished goods, and of the imported inputs in them [USD].
    finished_rate, inputs_rate : float
        Duties.

    Returns
    -------
    float
        Saving [USD]; negative where the finished goods bear more.

    Examples
    --------
    >>> inverted_saving(10_000, 0.05, 6_000, 0.20)
    700.0
    """
    return inputs_usd * inputs_rate - value_usd * finished_rate


def charges(
    regime: str,
    home_duty: str | None,
    inputs: tuple[float, float],
    finished_duty: float,
    stay_days: float,
    rates: Rates,
) -> Charges:
    """Return what a regime adds.

    Parameters
    ----------
    regime : str
        free_zone, bonded or onshore.
    home_duty : str or None
        How duty is reckoned if the goods go into the place's own customs territory; None if
        they are exported.
    inputs : (float, float)
        Duty, and tax, that the imported inputs of a tonne would bear at entry [USD/t].
    finished_duty : float
        Duty that a tonne of the product would bear there [USD/t].
    stay_days : float
        Days from entry of the inputs to exit of the product [days].
    rates : Rates
        Money, guarantees and refunds.

    Returns
    -------
    Charges
        Duty and finance.
    """
    duty, tax = inputs
    if regime == ONSHORE:
        finance = deferral_value(duty + tax, stay_days, rates.capital_rate)
        if home_duty is not None:
            return Charges(duty, finance)
        back = duty * rates.refund_share
        finance += deferral_value(back + tax, rates.refund_days, rates.capital_rate)
        return Charges(duty - back, finance)
    covered = (duty + tax) * rates.guarantee_share
    finance = deferral_value(covered, stay_days, rates.guarantee_rate)
    if home_duty is None:
        return Charges(0.0, finance)
    on_finished = home_duty == FINISHED or (home_duty == LOWER and finished_duty < duty)
    return Charges(finished_duty if on_finished else duty, finance, on_finished)
