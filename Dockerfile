# The platform's host. docker build --build-arg STACK=cluster . for several hosts behind a proxy.
FROM node:22.21.1-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble AS build
ARG STACK=embedded
# The distribution's own Node is too old for the pages.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
COPY . .
# The database is a container of its own: the private one is left out.
RUN dotnet publish src/Silo -c Release -p:Stack=$STACK -p:PrivatePostgres=false -o /app && mkdir /data

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=1654:1654 /data /data
USER 1654
ENV ASPNETCORE_URLS=http://+:8080 Escalation__Data=/data
EXPOSE 8080 11111
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["dotnet", "Escalation.Silo.dll", "health", "--url", "http://localhost:8080"]
ENTRYPOINT ["dotnet", "Escalation.Silo.dll"]
