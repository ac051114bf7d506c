FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# The database is a container of its own: the private one is left out.
RUN dotnet publish src/Silo -c Release -p:PrivatePostgres=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown $APP_UID /data
USER $APP_UID
ENV ASPNETCORE_URLS=http://+:8080 Escalation__Data=/data
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["dotnet", "Escalation.Silo.dll", "health", "--url", "http://localhost:8080"]
ENTRYPOINT ["dotnet", "Escalation.Silo.dll"]
