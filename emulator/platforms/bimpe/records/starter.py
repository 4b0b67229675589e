"""The content of a new world: public workflows to clone, and one agent.

assumed: "support" and "commerce" are observed categories; the texts of the workflows are ours.
"""

from typing import Any, Final


def _flow(name: str, category: str, priority: int, *said: str, **keywords: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": None,
        "category": category,
        "priority": priority,
        "is_active": True,
        "trigger_keywords": [
            {"keyword": keyword.strip("_"), "weight": weight}
            for keyword, weight in keywords.items()
        ],
        "conversation_steps": [
            {"type": "text_response", "content": each, "action": None, "followup": None}
            for each in said
        ],
    }


def _rule(number: int, name: str, trigger: str, response: str) -> dict[str, Any]:
    return {
        "id": f"rule_{number}",
        "name": name,
        "trigger": trigger,
        "condition": None,
        "response": response,
        "action": None,
        "enabled": True,
    }


PUBLIC_WORKFLOWS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Customer support",
        "description": "Answers questions about orders and returns, and hands over to a human.",
        "category": "support",
        "system_prompt": "You are a friendly support agent. Answer briefly, and never guess.",
        "rules": [
            _rule(
                1,
                "Hand over",
                "customer asks for a human",
                "Of course. I will ask a colleague to take over.",
            ),
            _rule(2, "Complaint", "customer complains", "I am sorry to hear that. Tell me more?"),
        ],
        "flows": [
            _flow(
                "Order status",
                "support",
                5,
                "I can look that up. What is your order number?",
                "Thank you. Which name is the order under?",
                "Your order has left our warehouse, and arrives tomorrow.",
                order="high",
                track="medium",
                where="low",
            ),
            _flow(
                "Returns",
                "support",
                4,
                "You can return anything within 30 days. Shall I send you a label?",
                refund="high",
                return_="high",
            ),
        ],
        "tags": ["support", "orders"],
        "channels": ["whatsapp", "webchat"],
        "faq": [
            {
                "question": "What are your opening hours?",
                "answer": "We are open from 9 to 17, Monday to Friday.",
            },
            {
                "question": "Where are you located?",
                "answer": "You find us at 12 Marina Road, Lagos.",
            },
        ],
        "guide": {"youtubeUrl": None, "steps": ["Step 1: Connect a channel", "Step 2: Go live"]},
        "setup_time": 10,
    },
    {
        "name": "Online shop",
        "description": "Shows products, takes orders and sends payment links.",
        "category": "commerce",
        "system_prompt": "You are the sales assistant of an online shop.",
        "rules": [
            _rule(1, "Discount", "customer asks for a discount", "SAVE10 takes ten percent off.")
        ],
        "flows": [
            _flow(
                "Buy",
                "commerce",
                5,
                "Great choice! How many would you like?",
                buy="high",
                price="medium",
                product="low",
            ),
            _flow(
                "Payment",
                "commerce",
                3,
                "I have sent you a payment link.",
                pay="high",
                payment="high",
            ),
        ],
        "tags": ["commerce"],
        "integrations": ["paystack", "bumpa"],
        "channels": ["whatsapp", "instagram"],
        "faq": [
            {
                "question": "How long does delivery take?",
                "answer": "Delivery takes two to four working days.",
            }
        ],
        "guide": {
            "youtubeUrl": None,
            "steps": ["Step 1: Configure your store", "Step 2: Add products"],
        },
        "setup_time": 20,
    },
    {
        "name": "Appointment desk",
        "description": "Books, moves and cancels appointments by chat or telephone.",
        "category": "appointments",
        "system_prompt": "You are the receptionist of a clinic.",
        "flows": [
            _flow(
                "Booking",
                "appointments",
                5,
                "Gladly. Which day suits you?",
                "At what time?",
                "Thank you, I have written it down.",
                appointment="high",
                book="high",
                cancel="medium",
            )
        ],
        "tags": ["appointments", "health"],
        "integrations": ["google_calendar"],
        "channels": ["telephony", "whatsapp"],
        "faq": [
            {
                "question": "What should I bring?",
                "answer": "Please bring your card and any results you have.",
            }
        ],
    },
)

FIRST_AGENT: Final = {
    "name": "Ada",
    "description": "The support agent that every team begins with.",
    "language": "en",
    "persona": "friendly",
    "timezone": "Africa/Lagos",
    "business_name": "Marina Stores",
}
