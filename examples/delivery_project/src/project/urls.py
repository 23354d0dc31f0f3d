from django.urls import path

from delivery.http import views

urlpatterns = [
    path("orders/", views.create_order),
    path("ping/", views.ping),
]
