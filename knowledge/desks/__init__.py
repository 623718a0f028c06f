"""Desks, offices and partner bodies a visitor may be sent to, and the 47 prefectures."""
